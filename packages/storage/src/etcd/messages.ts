/**
 * The messages of etcd's v3 API that the store speaks, as protocol buffer text: names and field numbers are those of
 * etcd's own `kv.proto` and `rpc.proto`; fields nobody here reads are left out.
 */
export const messageText = `syntax = "proto3"; package etcd;
message Header { int64 revision = 3; }
message KeyValue { bytes key = 1; int64 create_revision = 2; int64 mod_revision = 3; int64 version = 4; bytes value = 5; int64 lease = 6; }
message RangeRequest {
  bytes key = 1; bytes range_end = 2; int64 limit = 3; int64 revision = 4; bool serializable = 7; bool keys_only = 8; bool count_only = 9;
}
message RangeResponse { Header header = 1; repeated KeyValue kvs = 2; bool more = 3; int64 count = 4; }
message PutRequest { bytes key = 1; bytes value = 2; int64 lease = 3; }
message DeleteRangeRequest { bytes key = 1; bytes range_end = 2; }
message RequestOp { oneof request { RangeRequest request_range = 1; PutRequest request_put = 2; DeleteRangeRequest request_delete_range = 3; } }
message ResponseOp { oneof response { RangeResponse response_range = 1; } }
message Compare {
  int32 result = 1; int32 target = 2; bytes key = 3;
  oneof target_union { int64 version = 4; int64 mod_revision = 6; }
}
message TxnRequest { repeated Compare compare = 1; repeated RequestOp success = 2; repeated RequestOp failure = 3; }
message TxnResponse { Header header = 1; bool succeeded = 2; repeated ResponseOp responses = 3; }
message CompactionRequest { int64 revision = 1; bool physical = 2; }
message CompactionResponse { Header header = 1; }
message LeaseGrantRequest { int64 TTL = 1; int64 ID = 2; }
message LeaseGrantResponse { Header header = 1; int64 ID = 2; int64 TTL = 3; string error = 4; }
message StatusRequest {}
message StatusResponse { Header header = 1; string version = 2; int64 dbSize = 3; int64 dbSizeInUse = 9; }
message WatchCreateRequest { bytes key = 1; bytes range_end = 2; int64 start_revision = 3; bool prev_kv = 6; bool fragment = 8; }
message WatchRequest { oneof request_union { WatchCreateRequest create_request = 1; } }
message Event { int32 type = 1; KeyValue kv = 2; KeyValue prev_kv = 3; }
message WatchResponse {
  Header header = 1; int64 watch_id = 2; bool created = 3; bool canceled = 4; int64 compact_revision = 5; string cancel_reason = 6;
  bool fragment = 7; repeated Event events = 11;
}
`;

/** A 64-bit number as the decoder gives it. */
export type Int64 = number | { readonly low: number; readonly high: number };

/** The number itself; revisions, counts and sizes stay far below 2^53. */
export const numberOf = (value: Int64): number =>
  typeof value === 'number' ? value : (value.low >>> 0) + value.high * 2 ** 32;

/** One key as etcd gives it. */
export interface KeyValue {
  readonly key: Uint8Array;
  readonly createRevision: Int64;
  readonly modRevision: Int64;
  readonly version: Int64;
  readonly value: Uint8Array;
}

interface Answer {
  readonly header: { readonly revision: Int64 };
}

/** One change as a watch of etcd tells it; type 1 is a removal. */
export interface EtcdEvent {
  readonly type: number;
  readonly kv: KeyValue;
  readonly prevKv: KeyValue | null;
}

/** What a watch of etcd says at once. */
export interface WatchAnswer extends Answer {
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compactRevision: Int64;
  readonly cancelReason: string;
  readonly fragment: boolean;
  readonly events: readonly EtcdEvent[];
}

export interface RangeAnswer extends Answer {
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: Int64;
}

/** The calls by name: path, message sent, message received. */
export const rpcs = {
  range: ['/etcdserverpb.KV/Range', 'RangeRequest', 'RangeResponse'],
  txn: ['/etcdserverpb.KV/Txn', 'TxnRequest', 'TxnResponse'],
  compact: ['/etcdserverpb.KV/Compact', 'CompactionRequest', 'CompactionResponse'],
  leaseGrant: ['/etcdserverpb.Lease/LeaseGrant', 'LeaseGrantRequest', 'LeaseGrantResponse'],
  status: ['/etcdserverpb.Maintenance/Status', 'StatusRequest', 'StatusResponse'],
} as const;

/** What each call answers. */
export interface Answers {
  readonly range: RangeAnswer;
  readonly txn: Answer & {
    readonly succeeded: boolean;
    readonly responses: readonly { readonly responseRange?: RangeAnswer | null }[];
  };
  readonly compact: Answer;
  readonly leaseGrant: Answer & { readonly ID: Int64; readonly TTL: Int64 };
  readonly status: Answer & { readonly version: string; readonly dbSizeInUse: Int64 };
}
