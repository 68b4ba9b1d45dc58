import {
  badRequest,
  decode,
  decodeJson,
  decodeProtobuf,
  type FieldError,
  invalid,
  structType,
} from '@coxswain/api';
import type { DeleteOptions } from '@coxswain/api/types/meta';
import { notTyped, readBody } from './decode.ts';
import type { Call } from './engine.ts';
import { bodyFormat } from './negotiate.ts';
import { booleanOf, integerOf } from './options.ts';
import { unreadable } from './unreadable.ts';

const propagations = ['Foreground', 'Background', 'Orphan'];
const text = new TextDecoder();

/** The options of a delete: from its body where there is one, else from the query. Throws 422 for what makes no sense. */
export async function deleteOptions(call: Call): Promise<DeleteOptions> {
  const options = (await fromBody(call)) ?? fromQuery(call);
  const errors = [...validate(options)];
  if (errors.length > 0)
    throw invalid({ group: 'meta.k8s.io', resource: '', kind: 'DeleteOptions' }, errors);
  return { ...options, kind: 'DeleteOptions', apiVersion: 'meta.k8s.io/v1' };
}

async function fromBody({ request }: Call): Promise<DeleteOptions | undefined> {
  const type = structType('meta', 'DeleteOptions');
  if (request.body.from === 'memory')
    return request.body.object ? (decode(type, request.body.object) as DeleteOptions) : undefined;
  const bytes = await readBody(request);
  if (!bytes || bytes.length === 0) return undefined;
  try {
    const format = bodyFormat(request.headers['content-type'], ['json', 'yaml', 'protobuf']);
    if (format === 'protobuf') return decodeProtobuf(bytes) as DeleteOptions;
    return ofOptions(decodeJson(type, text.decode(bytes)).object as DeleteOptions);
  } catch (error) {
    const why = unreadable(error);
    if (why === undefined) throw error;
    const noObject = isNoJson(why) ? why : notTyped(bytes);
    throw badRequest(noObject ? `couldn't get version/kind; json parse error: ${noObject}` : why);
  }
}

const isNoJson = (why: string): boolean => /^(unexpected end|invalid character)/.test(why);

/** A body that says what it is must be options of a delete. */
function ofOptions(options: DeleteOptions): DeleteOptions {
  const { kind = '', apiVersion = '' } = options;
  if (kind !== '' && kind !== 'DeleteOptions')
    throw badRequest(
      `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  return options;
}

function fromQuery({ request: { query } }: Call): DeleteOptions {
  const gracePeriodSeconds = integerOf(query.get('gracePeriodSeconds'));
  const propagationPolicy = query.get('propagationPolicy');
  const orphan = query.get('orphanDependents');
  const dryRun = query.getAll('dryRun');
  return {
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy !== null && { propagationPolicy }),
    ...(orphan !== null && { orphanDependents: booleanOf('orphanDependents', orphan) }),
    ...(dryRun.length > 0 && { dryRun }),
  };
}

function* validate(options: DeleteOptions): Generator<FieldError, void> {
  const { orphanDependents, propagationPolicy, dryRun = [] } = options;
  if (orphanDependents !== undefined && propagationPolicy !== undefined)
    yield {
      type: 'FieldValueInvalid',
      field: 'propagationPolicy',
      value: propagationPolicy,
      detail: 'orphanDependents and deletionPropagation cannot be both set',
    };
  if (propagationPolicy !== undefined && !propagations.includes(propagationPolicy))
    yield {
      type: 'FieldValueNotSupported',
      field: 'propagationPolicy',
      value: propagationPolicy,
      detail: 'supported values: "Foreground", "Background", "Orphan", "nil"',
    };
  if (dryRun.some((value) => value !== 'All'))
    yield {
      type: 'FieldValueNotSupported',
      field: 'dryRun',
      value: dryRun,
      detail: 'supported values: "All"',
    };
}
