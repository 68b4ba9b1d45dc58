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

const reference = message(() => ({
  fields: { $ref: [1, text], summary: [2, text], description: [3, text] },
}));
/** The thing itself, or a reference to it. */
const orReference = (write: ReturnType<typeof message>): typeof write =>
  oneOf((value) => (isRef(value) ? as(2, reference) : as(1, write)));

const info: Message = {
  fields: { title: [1, text], description: [2, text], version: [6, text] },
  others: [7, extension],
};

/** Defaults that are no number, boolean or string are lost in gnostic; that there is one is kept. */
const byType = oneOf((value) => {
  switch (typeof value) {
    case 'number':
      return as(1, double);
    case 'boolean':
      return as(2, chosenBool);
    case 'string':
      return as(3, text);
    default:
      return () => {};
  }
});
const schemaItself = message(() => schemaFields);
const schema = orReference(schemaItself);
const schemaFields: Message = {
  fields: {
    nullable: [1, bool],
    readOnly: [3, bool],
    writeOnly: [4, bool],
    example: [7, any],
    deprecated: [8, bool],
    title: [9, text],
    multipleOf: [10, double],
    maximum: [11, double],
    exclusiveMaximum: [12, bool],
    minimum: [13, double],
    exclusiveMinimum: [14, bool],
    maxLength: [15, whole],
    minLength: [16, whole],
    pattern: [17, text],
    maxItems: [18, whole],
    minItems: [19, whole],
    uniqueItems: [20, bool],
    maxProperties: [21, whole],
    minProperties: [22, whole],
    required: [23, each(text)],
    enum: [24, each(any)],
    type: [25, text],
    allOf: [26, each(schema)],
    oneOf: [27, each(schema)],
    anyOf: [28, each(schema)],
    not: [29, schemaItself],
    items: [30, inside(1, schema)],
    properties: [31, map(1, schema)],
    additionalProperties: [
      32,
      oneOf((value) => (typeof value === 'boolean' ? as(2, chosenBool) : as(1, schema))),
    ],
    default: [33, byType],
    description: [34, text],
    format: [35, text],
  },
  others: [36, extension],
};

const mediaType = message(() => ({ fields: { schema: [1, schema] }, others: [5, extension] }));
const content = map(1, mediaType);

const parameter = orReference(
  message(() => ({
    fields: {
      name: [1, text],
      in: [2, text],
      description: [3, text],
      required: [4, bool],
      schema: [10, schema],
    },
    others: [14, extension],
  })),
);

const requestBody = orReference(
  message(() => ({
    fields: { description: [1, text], content: [2, content], required: [3, bool] },
    others: [4, extension],
  })),
);

const response = orReference(
  message(() => ({
    fields: { description: [1, text], content: [3, content] },
    others: [5, extension],
  })),
);

const operation = message(() => ({
  fields: {
    tags: [1, each(text)],
    summary: [2, text],
    description: [3, text],
    operationId: [5, text],
    parameters: [6, each(parameter)],
    requestBody: [7, requestBody],
    responses: [8, map(2, response)],
    deprecated: [10, bool],
  },
  others: [13, extension],
}));

const pathItem = message(() => ({
  fields: {
    summary: [2, text],
    description: [3, text],
    get: [4, operation],
    put: [5, operation],
    post: [6, operation],
    delete: [7, operation],
    options: [8, operation],
    head: [9, operation],
    patch: [10, operation],
    parameters: [13, each(parameter)],
  },
  others: [14, extension],
}));

const securityScheme = orReference(
  message(() => ({
    fields: { type: [1, text], description: [2, text], name: [3, text], in: [4, text] },
    others: [9, extension],
  })),
);

const components = message(() => ({
  fields: { schemas: [1, map(1, schema)], securitySchemes: [7, map(1, securityScheme)] },
  others: [10, extension],
}));

const document: Message = {
  fields: {
    openapi: [1, text],
    info: [2, message(() => info)],
    paths: [4, map(1, pathItem)],
    components: [5, components],
  },
  others: [9, extension],
};

/** A document of OpenAPI v3 as gnostic's `openapi.v3.Document`. */
export const protobufV3 = (json: object): Uint8Array => encodeDocument(document, json);
