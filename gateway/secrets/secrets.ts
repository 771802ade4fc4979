import { backoffMs } from '../../shared/backoff.ts';
import { systemClock, type Clock, type Random } from '../clock.ts';
import { limitOutbound } from '../outbound.ts';
import { pause } from '../pause.ts';
import { isSecretReference } from './secret-reference.ts';
import { emulatorOf, googleHeaders, GoogleAccessError } from './google-access.ts';

/** Three attempts and the pauses between them are over after 10 s. */
const ATTEMPTS = 3;
const ATTEMPT_MS = 3000;
const PAUSE_MS = 500;

const SERVICE = 'https://secretmanager.googleapis.com';
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/;

/** A secret could not be read. The message says which, why, and the cure; it never shows a value. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly reference: string;
  /** The HTTP status; undefined: there was no answer, or one that was not understood. */
  readonly status: number | undefined;

  constructor(reference: string, status: number | undefined, reason: string) {
    super(`${reference} cannot be read from Secret Manager: ${reason}`);
    this.reference = reference;
    this.status = status;
  }
}

/** Time, and the randomness of the pauses. */
export type SecretTimes = { readonly clock: Clock; readonly random: Random };

/**
 * The text of a secret, without the line ending that `echo` and editors leave. Asks Secret Manager, or what
 * SECRET_MANAGER_EMULATOR_HOST names, each time: `versions/latest` may be another one by now. A service that is
 * overloaded, failing or silent is asked three times.
 *
 * @throws SecretError
 */
export async function readSecret(
  reference: string,
  times: SecretTimes = { clock: systemClock, random: Math.random },
): Promise<string> {
  await limitOutbound();
  const request = await requestFor(reference, times.clock);
  for (let attempt = 1; ; attempt++) {
    const answer = await ask(request, times.clock);
    if (answer.kind === 'answered') return textOf(answer.body, reference);
    if (!answer.mayPass || attempt === ATTEMPTS)
      throw new SecretError(reference, answer.status, why(answer, reference));
    await pause(times.clock, backoffMs(attempt, PAUSE_MS / 4, PAUSE_MS, times.random), undefined);
  }
}

type Request = { readonly url: string; readonly headers: Headers };

type Answer =
  | { readonly kind: 'answered'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly mayPass: boolean }
  | { readonly kind: 'silent'; readonly status: undefined; readonly mayPass: true };

type Refusal = Exclude<Answer, { kind: 'answered' }>;

/** See https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access */
async function requestFor(reference: string, clock: Clock): Promise<Request> {
  const emulator = emulatorOf('SECRET_MANAGER_EMULATOR_HOST');
  const url = `${emulator === undefined ? SERVICE : `http://${emulator}`}/v1/${reference}:access`;
  if (!isSecretReference(reference))
    throw new SecretError(reference, undefined, 'it must have the form projects/P/secrets/S/versions/V.');
  if (!URL.canParse(url))
    throw new SecretError(reference, undefined, 'SECRET_MANAGER_EMULATOR_HOST must be host:port.');
  if (emulator !== undefined) return { url, headers: new Headers() };
  try {
    return { url, headers: await googleHeaders(url, clock) };
  } catch (error) {
    throw error instanceof GoogleAccessError ? new SecretError(reference, undefined, error.message) : error;
  }
}

async function ask({ url, headers }: Request, clock: Clock): Promise<Answer> {
  const deadline = new AbortController();
  const cancel = clock.after(ATTEMPT_MS, () => deadline.abort());
  try {
    // A redirect would take the credentials elsewhere.
    const response = await fetch(url, { headers, redirect: 'error', signal: deadline.signal });
    const body = await response.text();
    if (response.ok) return { kind: 'answered', body: parsed(body) };
    const { status } = response;
    return { kind: 'refused', status, mayPass: status === 429 || status >= 500 };
  } catch {
    return { kind: 'silent', status: undefined, mayPass: true };
  } finally {
    cancel();
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function textOf(body: unknown, reference: string): string {
  const data = (body as { payload?: { data?: unknown } } | undefined | null)?.payload?.data;
  if (typeof data !== 'string' || !BASE64.test(data))
    throw new SecretError(reference, undefined, 'the answer holds no value in base64.');
  const text = utf8(Buffer.from(data, 'base64'));
  if (text === undefined) throw new SecretError(reference, undefined, 'its value is not UTF-8 text.');
  const trimmed = text.replace(/[\r\n]+$/, '');
  if (trimmed === '')
    throw new SecretError(reference, undefined, `its value is empty. ${addVersion(reference)}`);
  return trimmed;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function why(answer: Refusal, reference: string): string {
  if (answer.kind === 'silent') return 'Secret Manager did not answer in full. Can it be reached from here?';
  return `Secret Manager answered ${answer.status}. ${cure(answer.status, reference)}`.trimEnd();
}

/** 400 is the answer for a version that was disabled or destroyed. */
function cure(status: number, reference: string): string {
  const [, project, , secret, , version] = reference.split('/');
  const named = `${secret} --project ${project}`;
  if (status === 400)
    return `Is the version enabled? gcloud secrets versions describe ${version} --secret ${named}`;
  if (status === 401) return 'The Google credentials are no longer valid: use others.';
  if (status === 403) {
    return (
      `Grant the right: gcloud secrets add-iam-policy-binding ${named} ` +
      '--member serviceAccount:ACCOUNT --role roles/secretmanager.secretAccessor'
    );
  }
  if (status === 404) return `Is it there? gcloud secrets versions list ${named}`;
  return '';
}

function addVersion(reference: string): string {
  const [, project, , secret] = reference.split('/');
  return `Add a version: gcloud secrets versions add ${secret} --project ${project} --data-file=-`;
}
