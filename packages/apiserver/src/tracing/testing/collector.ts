import { Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js';
import { exportPath, otlpDecode, otlpEncode } from '../otlp-wire.ts';

type Value = string | boolean | number;

/** A span as a collector got it, ids in hex. */
export interface CollectedSpan {
  readonly resource: Readonly<Record<string, Value>>;
  readonly scope: string;
  readonly name: string;
  readonly kind: number;
  readonly trace: string;
  readonly id: string;
  readonly parent: string;
  readonly links: readonly string[];
  readonly status: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly events: readonly string[];
}

export interface Collector extends AsyncDisposable {
  readonly endpoint: string;
  readonly spans: readonly CollectedSpan[];
}

/** An OTLP collector over gRPC, on a port of its own. */
export async function openCollector(port = 0): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const server = new Server();
  const handle: UntypedHandleCall = (
    call: { request: Request },
    done: (error: null, message: object) => void,
  ) => {
    spans.push(...flat(call.request));
    done(null, {});
  };
  const method = {
    ...{ path: exportPath, requestStream: false, responseStream: false },
    requestDeserialize: (bytes: Buffer) => otlpDecode('ExportTraceServiceRequest', bytes),
    requestSerialize: (message: object) => otlpEncode('ExportTraceServiceRequest', message),
    responseSerialize: (message: object) => otlpEncode('ExportTraceServiceResponse', message),
    responseDeserialize: (bytes: Buffer) => otlpDecode('ExportTraceServiceResponse', bytes),
  };
  server.addService({ Export: method }, { Export: handle });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    ),
  );
  return {
    endpoint: `127.0.0.1:${bound}`,
    spans,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
  };
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, Value>>;
}
interface Span {
  readonly trace_id: Buffer;
  readonly span_id: Buffer;
  readonly parent_span_id?: Buffer;
  readonly name: string;
  readonly kind: number;
  readonly start_time_unix_nano: string;
  readonly end_time_unix_nano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly { readonly name: string; readonly attributes: readonly KeyValue[] }[];
  readonly links: readonly { readonly trace_id: Buffer; readonly span_id: Buffer }[];
  readonly status?: { readonly code?: number };
}
interface Request {
  readonly resource_spans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scope_spans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly Span[];
    }[];
  }[];
}

const plain = (list: readonly KeyValue[]): Record<string, Value> =>
  Object.fromEntries(
    list.map(({ key, value }) => [
      key,
      'int_value' in value ? Number(value['int_value']) : Object.values(value)[0]!,
    ]),
  );

const flat = ({ resource_spans }: Request): readonly CollectedSpan[] =>
  resource_spans.flatMap(({ resource, scope_spans }) =>
    scope_spans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...{ resource: plain(resource.attributes), scope: scope.name },
        ...{ name: span.name, kind: span.kind, status: span.status?.code ?? 0 },
        ...{ trace: span.trace_id.toString('hex'), id: span.span_id.toString('hex') },
        parent: span.parent_span_id?.toString('hex') ?? '',
        links: span.links.map((link) => link.span_id.toString('hex')),
        startNs: BigInt(span.start_time_unix_nano),
        endNs: BigInt(span.end_time_unix_nano),
        attributes: plain(span.attributes),
        events: span.events.map(
          ({ name, attributes }) =>
            `${name}${attributes.length ? ` ${JSON.stringify(plain(attributes))}` : ''}`,
        ),
      })),
    ),
  );
