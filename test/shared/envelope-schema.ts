import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import schema from '../../shared/envelope.v1.schema.json' with { type: 'json' };

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

/** What the published schema holds against an envelope; "" when nothing. */
export function schemaErrors(envelope: unknown): string {
  return validate(envelope) ? '' : ajv.errorsText(validate.errors);
}

/** As a consumer reads it from the bus. */
export function overTheWire(envelope: unknown): unknown {
  return JSON.parse(JSON.stringify(envelope));
}
