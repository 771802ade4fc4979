import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { createScrubber } from '../../../gateway/secrets/scrubber.ts';
import type { Issued } from '../../fakes/twitch-id-accounts.ts';
import { startTwitchId, type TwitchIdServer } from '../../fakes/twitch-id-server.ts';
import { tempDir } from '../../gateway/store/temp-dir.ts';

export const CLIENT_SECRET = 'clientsecretcanary0123456789';

type Script = 'authorize.ts' | 'jobs/refresh-token.ts';

/** A stand-in for Twitch's id service, and commands that know of nothing else. */
export class Surroundings {
  readonly twitch: TwitchIdServer;
  readonly dataDir: string;
  readonly #t: TestContext;

  constructor(t: TestContext, twitch: TwitchIdServer) {
    this.#t = t;
    this.twitch = twitch;
    this.dataDir = tempDir(t);
  }

  get tokenFile(): string {
    return join(this.dataDir, 'twitch-token.json');
  }

  /** Starts a command in a process of its own, which is killed with the test. Its output must show no secret. */
  start(script: Script, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../../scripts', script), ...args], {
      env: {
        PATH: process.env['PATH'],
        ...this.twitch.env,
        DATA_DIR: this.dataDir,
        TWITCH_CLIENT_ID: 'our-app',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#t.after(() => child.kill('SIGKILL'));
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    const ended = Promise.all([exit, text(child.stdout), text(child.stderr)]).then(
      ([code, stdout, stderr]) => {
        this.#assertNoSecret(stdout + stderr);
        return { code, stdout, stderr };
      },
    );
    return { ended, signal: (name: NodeJS.Signals) => child.kill(name) };
  }

  /** Runs it to its end. */
  run(...of: Parameters<Surroundings['start']>) {
    return this.start(...of).ended;
  }

  /** Puts a token where the commands look for it. */
  store(issued: Issued, changed: Readonly<Record<string, unknown>> = {}): void {
    const { accessToken, refreshToken, scopes: scope, expiresIn, issuedAt, userId } = issued;
    const token = { accessToken, refreshToken, scope, expiresIn, obtainmentTimestamp: issuedAt, userId };
    writeFileSync(this.tokenFile, JSON.stringify({ ...token, ...changed }));
  }

  stored(): Record<string, unknown> {
    return JSON.parse(readFileSync(this.tokenFile, 'utf8')) as Record<string, unknown>;
  }

  #assertNoSecret(output: string): void {
    const secrets = [...this.twitch.tokens.secrets, CLIENT_SECRET];
    for (const secret of secrets) assert.ok(!output.includes(secret), 'a secret is shown');
    assert.equal(createScrubber(secrets).scrub(output), output, 'a secret is shown in disguise');
  }
}

export async function surroundings(t: TestContext): Promise<Surroundings> {
  const twitch = await startTwitchId();
  t.after(() => twitch[Symbol.asyncDispose]());
  return new Surroundings(t, twitch);
}
