import { ApiError, decode, parseJson, parseYaml, typeOf } from '@coxswain/api';
import type { Status } from '@coxswain/api/types/meta';
import { unreadable } from '../rest/unreadable.ts';
import { responseError } from './response-error.ts';

/** The kind of an answer, in one of several versions; the first one's schema decodes all. */
export interface ExpectedAnswer {
  readonly kind: string;
  readonly apiVersions: readonly string[];
}

/** What Go reads a kind from, as its errors show it. */
const typeMeta =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
/** Upstream's name for the table of the kinds that a client knows. */
const scheme = 'pkg/runtime/scheme.go:111';

/** The object of an answer. Throws what was answered instead, or why it cannot be read, in the words of Go's client. */
export function answeredObject(
  code: number,
  contentType: string,
  bytes: Uint8Array,
  expected: ExpectedAnswer | undefined,
): unknown {
  const text = new TextDecoder().decode(bytes);
  if (code < 200 || code > 206) {
    const status = statusIn(text);
    throw status ? ApiError.fromStatus(status) : responseError(code, text, contentType);
  }
  if (text === '')
    throw new Error(
      `0-length response with status code: ${code} and content type: ${contentType || 'application/json'}`,
    );
  const object = objectIn(text);
  return expected ? typed(object, expected) : object;
}

function statusIn(text: string): Status | undefined {
  try {
    const status = JSON.parse(text) as Partial<Status> | null;
    const isStatus = status?.kind === 'Status' && status.apiVersion === 'v1';
    return isStatus && status.status !== 'Success' ? (status as Status) : undefined;
  } catch {
    return undefined; // no JSON: described by its code instead
  }
}

function objectIn(text: string): object {
  const value = valueIn(text);
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  throw new Error(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${what} into Go value of type ${typeMeta}`,
  );
}

/** Go's client takes YAML for JSON too. */
function valueIn(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    try {
      return parseYaml(text).value;
    } catch {
      throw new Error(
        `couldn't get version/kind; json parse error: ${unreadable(error) ?? String(error)}`,
        { cause: error },
      );
    }
  }
}

function typed(object: object, { kind, apiVersions }: ExpectedAnswer): unknown {
  const { kind: gotKind, apiVersion: gotVersion } = object as Partial<Status>;
  const isKnown =
    (!gotKind || gotKind === kind) && (!gotVersion || apiVersions.includes(gotVersion));
  if (!isKnown)
    throw new Error(
      `no kind "${gotKind ?? ''}" is registered for version "${gotVersion ?? ''}" in scheme "${scheme}"`,
    );
  const type = typeOf(apiVersions[0]!, kind);
  if (!type) return object;
  try {
    const { kind: _k, apiVersion: _v, ...rest } = object as Partial<Status>;
    const fit = decode(type, rest) as object;
    return {
      ...fit,
      ...(gotKind && { kind: gotKind }),
      ...(gotVersion && { apiVersion: gotVersion }),
    };
  } catch (error) {
    const why = unreadable(error);
    throw why === undefined ? error : new Error(why, { cause: error });
  }
}
