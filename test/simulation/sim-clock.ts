import type { Clock } from '../../gateway/clock.ts';

/**
 * Of what is due together: first what happens outside the process, then its timers, then what it reads, as in an event
 * loop.
 */
const LANES = ['outside', 'timer', 'arrival'] as const;

type Task = { readonly at: number; readonly lane: (typeof LANES)[number]; readonly run: () => void };

const START = Date.UTC(2026, 0, 1);

/** Time that passes from one event to the next, and stands still in between. */
export class SimClock implements Clock {
  #now = 0;
  /** By time, then by lane, then by age. */
  readonly #tasks: Task[] = [];
  #isStalled = false;
  /** Until when the event loop last stood still. */
  stalledAt = -Infinity;

  now(): number {
    return this.#now;
  }

  date(): number {
    return START + this.#now;
  }

  after(ms: number, run: () => void): () => void {
    return this.#add({ at: this.#now + Math.max(0, ms), lane: 'timer', run });
  }

  /** Something reaches the process in `ms`. */
  arrive(ms: number, run: () => void): void {
    this.#add({ at: this.#now + Math.max(0, ms), lane: 'arrival', run });
  }

  /** Something happens in `ms`, whatever the process does then. */
  outside(ms: number, run: () => void): void {
    this.#add({ at: this.#now + Math.max(0, ms), lane: 'outside', run });
  }

  /** Runs the next task; false: there is none. */
  step(): boolean {
    return this.#run(this.#next());
  }

  /** The event loop stands still for so long: what is due meanwhile runs late, and all timers before anything is read. */
  stall(ms: number): void {
    if (this.#isStalled) return;
    const until = this.#now + ms;
    this.#isStalled = true;
    this.stalledAt = until;
    while (this.#run(this.#tasks.find(({ at, lane }) => lane === 'outside' && at <= until)));
    this.#now = until;
    this.#isStalled = false;
  }

  /** After a stall many tasks are overdue, and of those the lane decides before the time. */
  #next(): Task | undefined {
    const [first] = this.#tasks;
    if (!first || first.at >= this.#now) return first;
    const overdue = this.#tasks.filter(({ at }) => at <= this.#now);
    return LANES.flatMap((lane) => overdue.find((task) => task.lane === lane) ?? [])[0];
  }

  #run(task: Task | undefined): boolean {
    if (!task) return false;
    this.#remove(task);
    this.#now = Math.max(this.#now, task.at);
    task.run();
    return true;
  }

  #add(task: Task): () => void {
    let at = this.#tasks.length;
    while (at > 0 && isBefore(task, this.#tasks[at - 1])) at -= 1;
    this.#tasks.splice(at, 0, task);
    return () => this.#remove(task);
  }

  #remove(task: Task): void {
    const index = this.#tasks.indexOf(task);
    if (index >= 0) this.#tasks.splice(index, 1);
  }
}

function isBefore(task: Task, other: Task | undefined): boolean {
  if (!other || task.at !== other.at) return other !== undefined && task.at < other.at;
  return LANES.indexOf(task.lane) < LANES.indexOf(other.lane);
}
