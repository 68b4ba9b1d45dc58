import { MessageWriter } from '@coxswain/api';

/** Writes one value as a field of that number. */
type Write = (out: MessageWriter, number: number, value: unknown) => void;

/** How the words of a JSON object are laid out as a message of gnostic. */
export interface Message {
  /** Number and form of each word. */
  readonly fields: Readonly<Record<string, readonly [number: number, write: Write]>>;
  /** Where all other words go, each with its name: vendor extensions, or the entries of a map. */
  readonly others?: readonly [number: number, write: Write];
}

const tag = (out: MessageWriter, number: number, wire: 0 | 1 | 2): void =>
  out.varint(number * 8 + wire);

/** Writes what `body` writes as a message with its length. The writer goes from end to start. */
export function nested(out: MessageWriter, number: number, body: () => void): void {
  const before = out.written;
  body();
  out.varint(out.written - before);
  tag(out, number, 2);
}

export const text: Write = (out, number, value) => {
  out.text(value as string);
  tag(out, number, 2);
};
export const bool: Write = (out, number, value) => {
  if (value !== true) return;
  out.varint(1);
  tag(out, number, 0);
};
/** In a `oneOf`, false is written as well. */
export const chosenBool: Write = (out, number, value) => whole(out, number, value === true ? 1 : 0);
export const whole: Write = (out, number, value) => {
  out.varint(value as number);
  tag(out, number, 0);
};
export const double: Write = (out, number, value) => {
  out.double(value as number);
  tag(out, number, 1);
};
/** Any value: a message with its YAML, which JSON is too. */
export const any: Write = (out, number, value) =>
  nested(out, number, () => text(out, 2, JSON.stringify(value)));

/** A field for each element. */
export const each =
  (write: Write): Write =>
  (out, number, value) => {
    for (const element of (value as readonly unknown[]).toReversed()) write(out, number, element);
  };

/** A message around one field. */
export const inside =
  (inner: number, write: Write): Write =>
  (out, number, value) =>
    nested(out, number, () => write(out, inner, value));

/** A message whose form depends on the value. */
export const oneOf =
  (choose: (value: unknown) => Write): Write =>
  (out, number, value) =>
    nested(out, number, () => choose(value)(out, 0, value));

/** One of the fields of a `oneOf`. */
export const as =
  (number: number, write: Write): Write =>
  (out, _number, value) =>
    write(out, number, value);

/** The object as a message. The layout comes as a function, for messages contain one another. */
export const message =
  (layout: () => Message): Write =>
  (out, number, value) =>
    nested(out, number, () => writeFields(out, layout(), value as object));

/** An entry of a map: a message of name and value. */
export const named =
  (write: Write): Write =>
  (out, number, value) => {
    const [name, content] = value as readonly [string, unknown];
    nested(out, number, () => {
      write(out, 2, content);
      text(out, 1, name);
    });
  };

/** An object all of whose words are names. */
export const map = (number: number, write: Write): Write =>
  message(() => ({ fields: {}, others: [number, named(write)] }));

function writeFields(out: MessageWriter, { fields, others }: Message, object: object): void {
  for (const entry of Object.entries(object).toReversed()) {
    const field = Object.hasOwn(fields, entry[0]) ? fields[entry[0]] : undefined;
    if (field) field[1](out, field[0], entry[1]);
    else if (others) others[1](out, others[0], entry);
  }
}

/** The bytes of a document. */
export function encodeDocument(layout: Message, document: object): Uint8Array {
  const out = new MessageWriter();
  writeFields(out, layout, document);
  return out.take();
}
