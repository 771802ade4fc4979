/**
 * https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions. No part begins with a dot or
 * a hyphen: it goes into an address, and into commands that we tell people to run.
 */
const REFERENCE = /^projects\/[a-z0-9][a-z0-9.:-]*\/secrets\/\w[\w-]{0,254}\/versions\/[a-z0-9][\w-]{0,62}$/i;

/** Whether this names a version of a secret in Secret Manager (projects/P/secrets/S/versions/V). */
export function isSecretReference(text: string): boolean {
  return REFERENCE.test(text);
}
