import { readFileSync } from 'node:fs';

/**
 * The most memory that a process ever had resident (`VmHWM`), in bytes. Needs Linux's /proc.
 * https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
export function peakMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  if (kilobytes === undefined) throw new Error(`no VmHWM of process ${pid}`);
  return Number(kilobytes) * 1024;
}
