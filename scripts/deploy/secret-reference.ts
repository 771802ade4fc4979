import { isSecretReference } from '../../gateway/secrets/secret-reference.ts';

/** One version of a secret in Secret Manager. `version`: a number, or `latest`. */
export type SecretReference = { readonly project: string; readonly secret: string; readonly version: string };

/** Reads `projects/P/secrets/S/versions/V`; undefined: it is something else. */
export function secretReference(text: string): SecretReference | undefined {
  if (!isSecretReference(text)) return undefined;
  const [, project = '', , secret = '', , version = ''] = text.split('/');
  return { project, secret, version };
}

/** As gcloud wants it next to `--project`: a secret of the project that is deployed to goes by its name alone. */
export function forGcloud({ project, secret }: SecretReference, home: string): string {
  return project === home ? secret : `projects/${project}/secrets/${secret}`;
}

/** One item of `--set-secrets`, after the equals sign. */
export function versionForGcloud(reference: SecretReference, home: string): string {
  return `${forGcloud(reference, home)}:${reference.version}`;
}
