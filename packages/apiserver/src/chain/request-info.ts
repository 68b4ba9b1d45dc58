/** What a request asks for, as authorisation and audit speak of it. */
export interface RequestInfo {
  readonly isResource: boolean;
  /** get, list, watch, create, update, patch, delete, deletecollection, proxy; the HTTP method in lower case for other paths. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  /** The rest of the path after `proxy/`, with its leading slash. */
  readonly rest: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
}
