import { Client, credentials } from '@grpc/grpc-js';
import type { World } from '@coxswain/base';
import protobuf from 'protobufjs';

/** The messages of OTLP that spans need, as protocol buffer text: names and numbers are those of opentelemetry-proto. */
const messages = `syntax = "proto3"; package otlp;
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ExportTraceServiceResponse {}
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Scope { string name = 1; string version = 2; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; uint32 kind = 6;
  fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; repeated Event events = 11;
  repeated Link links = 13; Status status = 15; fixed32 flags = 16;
}
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; fixed32 flags = 6; }
message Status { string message = 2; uint32 code = 3; }`;
const root = protobuf.parse(messages, { keepCase: true }).root.resolveAll();

/** The method of collectors. */
export const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

export const otlpEncode = (name: string, message: object): Buffer => {
  const type = root.lookupType(`otlp.${name}`);
  return Buffer.from(type.encode(type.fromObject(message as Record<string, unknown>)).finish());
};

/** Decodes to a plain object; 64 bits as text. */
export function otlpDecode(name: string, bytes: Uint8Array): object {
  const type = root.lookupType(`otlp.${name}`);
  return type.toObject(type.decode(bytes), { longs: String, arrays: true });
}

/** Calls one collector, without TLS, as upstream does. */
export class OtlpWire implements Disposable {
  readonly #client: Client;
  readonly #world: World;

  /** `endpoint` as gRPC has it: `host:port`, `dns://`, `unix://`. */
  constructor(endpoint: string, world: World) {
    this.#world = world;
    this.#client = new Client(endpoint, credentials.createInsecure());
  }

  /** Hands over one request; rejects when it is not taken within `timeoutMs`. */
  export(request: object, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = this.#world.clock.after(timeoutMs, () => call.cancel());
      const call = this.#client.makeUnaryRequest(
        exportPath,
        (message: object) => otlpEncode('ExportTraceServiceRequest', message),
        () => ({}),
        request,
        (error) => {
          timer[Symbol.dispose]();
          if (error) reject(error);
          else resolve();
        },
      );
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
