import {
  any,
  as,
  bool,
  chosenBool,
  double,
  each,
  encodeDocument,
  inside,
  map,
  type Message,
} from './message.ts';
import { message, named, oneOf, text, whole } from './message.ts';

const extension = named(any);
const isRef = (value: unknown): boolean => Object.hasOwn(value as object, '$ref');

const info: Message = {
  fields: { title: [1, text], version: [2, text], description: [3, text] },
  others: [7, extension],
};

const schema = message(() => schemaFields);
const schemaFields: Message = {
  fields: {
    $ref: [1, text],
    format: [2, text],
    title: [3, text],
    description: [4, text],
    default: [5, any],
    multipleOf: [6, double],
    maximum: [7, double],
    exclusiveMaximum: [8, bool],
    minimum: [9, double],
    exclusiveMinimum: [10, bool],
    maxLength: [11, whole],
    minLength: [12, whole],
    pattern: [13, text],
    maxItems: [14, whole],
    minItems: [15, whole],
    uniqueItems: [16, bool],
    maxProperties: [17, whole],
    minProperties: [18, whole],
    required: [19, each(text)],
    enum: [20, each(any)],
    additionalProperties: [
      21,
      oneOf((value) => (typeof value === 'boolean' ? as(2, chosenBool) : as(1, schema))),
    ],
    type: [22, inside(1, text)],
    items: [23, inside(1, schema)],
    allOf: [24, each(schema)],
    properties: [25, map(1, schema)],
    example: [30, any],
  },
  others: [31, extension],
};

const reference = message(() => ({ fields: { $ref: [1, text], description: [2, text] } }));

const bodyParameter = message(() => ({
  fields: {
    description: [1, text],
    name: [2, text],
    in: [3, text],
    required: [4, bool],
    schema: [5, schema],
  },
  others: [6, extension],
}));

const queryParameter = message(() => ({
  fields: {
    required: [1, bool],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [6, text],
    format: [7, text],
    uniqueItems: [20, bool],
  },
  others: [23, extension],
}));

const pathParameter = message(() => ({
  fields: {
    required: [1, bool],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [5, text],
    format: [6, text],
    uniqueItems: [19, bool],
  },
  others: [22, extension],
}));

const parameter = oneOf((value) => {
  const place = (value as { readonly in: string }).in;
  if (place === 'body') return as(1, bodyParameter);
  return as(
    2,
    oneOf(() => (place === 'query' ? as(3, queryParameter) : as(4, pathParameter))),
  );
});
const parameterItem = oneOf((value) => (isRef(value) ? as(2, reference) : as(1, parameter)));

const response = message(() => ({
  fields: { description: [1, text], schema: [2, inside(1, schema)] },
  others: [5, extension],
}));
const responses = message(() => ({
  fields: {},
  others: [1, named(oneOf((value) => (isRef(value) ? as(2, reference) : as(1, response))))],
}));

const security = map(1, inside(1, each(text)));

const operation = message(() => ({
  fields: {
    tags: [1, each(text)],
    summary: [2, text],
    description: [3, text],
    operationId: [5, text],
    produces: [6, each(text)],
    consumes: [7, each(text)],
    parameters: [8, each(parameterItem)],
    responses: [9, responses],
    schemes: [10, each(text)],
    deprecated: [11, bool],
    security: [12, each(security)],
  },
  others: [13, extension],
}));

const pathItem = message(() => ({
  fields: {
    $ref: [1, text],
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    options: [6, operation],
    head: [7, operation],
    patch: [8, operation],
    parameters: [9, each(parameterItem)],
  },
  others: [10, extension],
}));

const apiKey = message(() => ({
  fields: { type: [1, text], name: [2, text], in: [3, text], description: [4, text] },
  others: [5, extension],
}));

const document: Message = {
  fields: {
    swagger: [1, text],
    info: [2, message(() => info)],
    host: [3, text],
    basePath: [4, text],
    schemes: [5, each(text)],
    consumes: [6, each(text)],
    produces: [7, each(text)],
    paths: [8, map(2, pathItem)],
    definitions: [9, map(1, schema)],
    parameters: [10, map(1, parameter)],
    responses: [11, map(1, response)],
    security: [12, each(security)],
    securityDefinitions: [13, map(1, inside(2, apiKey))],
  },
  others: [16, extension],
};

/** A document of OpenAPI v2 as gnostic's `openapi.v2.Document`. */
export const protobufV2 = (json: object): Uint8Array => encodeDocument(document, json);
