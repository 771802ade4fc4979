/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions */
const REFERENCE = /^projects\/[a-z0-9][a-z0-9.:-]*\/secrets\/[\w-]{1,255}\/versions\/[\w-]{1,63}$/i;

/** Whether this names a version of a secret in Secret Manager (projects/P/secrets/S/versions/V). */
export function isSecretReference(text: string): boolean {
  return REFERENCE.test(text);
}
