/**
 * A reader of gnostic's messages, apart from the writer that it checks: the numbers stand here once more, and the
 * JSON is rebuilt from the wire alone.
 */

/** `number name kind`: s text, b bool, d double, i whole, y YAML in an Any, or a message. A `*` repeats. */
type Layout = readonly string[];

/** How a message becomes JSON. Field `{}`: entries of a map; `=`: the message stands for that field; `[]`: for a list. */
const layouts: Readonly<Record<string, Layout>> = {
  V2: [
    ...['1 swagger s', '2 info Info2', '8 paths Paths2', '9 definitions Schemas2'],
    ...['10 parameters Parameters2', '12 security Security *', '13 securityDefinitions Keys2'],
  ],
  Info2: ['1 title s', '2 version s'],
  Paths2: ['2 {} PathItem2 *'],
  Schemas2: ['1 {} Schema2 *'],
  Parameters2: ['1 {} Parameter2 *'],
  Keys2: ['1 {} KeyChoice2 *'],
  KeyChoice2: ['2 = Key2'],
  Key2: ['1 type s', '2 name s', '3 in s', '4 description s'],
  Security: ['1 {} Texts *'],
  Texts: ['1 [] s *'],
  Schema2: [
    ...['1 $ref s', '2 format s', '4 description s', '16 uniqueItems b', '19 required s *'],
    ...['20 enum y *', '21 additionalProperties Additional2', '22 type Texts1', '23 items Items2'],
    ...['24 allOf Schema2 *', '25 properties Schemas2', '31 {} y *'],
  ],
  Texts1: ['1 = s'],
  Items2: ['1 = Schema2'],
  Additional2: ['1 = Schema2', '2 = b'],
  PathItem2: [
    ...['2 get Operation2', '3 put Operation2', '4 post Operation2', '5 delete Operation2'],
    ...['6 options Operation2', '7 head Operation2', '8 patch Operation2'],
    '9 parameters ParameterChoice2 *',
  ],
  Operation2: [
    ...['1 tags s *', '3 description s', '5 operationId s', '6 produces s *', '7 consumes s *'],
    ...['8 parameters ParameterChoice2 *', '9 responses Responses2', '10 schemes s *', '13 {} y *'],
  ],
  ParameterChoice2: ['1 = Parameter2', '2 = Reference'],
  Parameter2: ['1 = Body2', '2 = NonBody2'],
  Body2: ['1 description s', '2 name s', '3 in s', '4 required b', '5 schema Schema2'],
  NonBody2: ['3 = Query2', '4 = Path2'],
  Query2: ['1 required b', '2 in s', '3 description s', '4 name s', '6 type s', '20 uniqueItems b'],
  Path2: ['1 required b', '2 in s', '3 description s', '4 name s', '5 type s', '19 uniqueItems b'],
  Responses2: ['1 {} ResponseChoice2 *'],
  ResponseChoice2: ['1 = Response2', '2 = Reference'],
  Response2: ['1 description s', '2 schema SchemaChoice2'],
  SchemaChoice2: ['1 = Schema2'],
  Reference: ['1 $ref s'],

  V3: ['1 openapi s', '2 info Info3', '4 paths Paths3', '5 components Components3'],
  Info3: ['1 title s', '6 version s'],
  Paths3: ['1 {} PathItem3 *'],
  Components3: ['1 schemas Schemas3', '7 securitySchemes Keys3'],
  Schemas3: ['1 {} SchemaChoice3 *'],
  Keys3: ['1 {} KeyChoice3 *'],
  KeyChoice3: ['1 = Key3', '2 = Reference'],
  Key3: ['1 type s', '2 description s', '3 name s', '4 in s'],
  SchemaChoice3: ['1 = Schema3', '2 = Reference'],
  Schema3: [
    ...['20 uniqueItems b', '23 required s *', '24 enum y *', '25 type s'],
    ...['26 allOf SchemaChoice3 *', '27 oneOf SchemaChoice3 *', '30 items Items3'],
    ...['31 properties Schemas3', '32 additionalProperties Additional3', '33 default Default3'],
    ...['34 description s', '35 format s', '36 {} y *'],
  ],
  Items3: ['1 = SchemaChoice3'],
  Additional3: ['1 = SchemaChoice3', '2 = b'],
  Default3: ['1 = d', '2 = b', '3 = s'],
  PathItem3: [
    ...['4 get Operation3', '5 put Operation3', '6 post Operation3', '7 delete Operation3'],
    ...['8 options Operation3', '9 head Operation3', '10 patch Operation3'],
    '13 parameters ParameterChoice3 *',
  ],
  Operation3: [
    ...['1 tags s *', '3 description s', '5 operationId s', '6 parameters ParameterChoice3 *'],
    ...['7 requestBody BodyChoice3', '8 responses Responses3', '13 {} y *'],
  ],
  ParameterChoice3: ['1 = Parameter3', '2 = Reference'],
  Parameter3: ['1 name s', '2 in s', '3 description s', '4 required b', '10 schema SchemaChoice3'],
  BodyChoice3: ['1 = Body3', '2 = Reference'],
  Body3: ['1 description s', '2 content Content3', '3 required b'],
  Content3: ['1 {} MediaType3 *'],
  MediaType3: ['1 schema SchemaChoice3'],
  Responses3: ['2 {} ResponseChoice3 *'],
  ResponseChoice3: ['1 = Response3', '2 = Reference'],
  Response3: ['1 description s', '3 content Content3'],
};

type Raw = number | Uint8Array;

function* fieldsOf(bytes: Uint8Array): Generator<readonly [number, Raw], void> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire === 0) yield [tag >>> 3, varint()];
    else {
      const size = wire === 1 ? 8 : varint();
      yield [tag >>> 3, bytes.subarray(at, (at += size))];
    }
  }
}

const text = (raw: Raw): string => new TextDecoder().decode(raw as Uint8Array);

function value(kind: string, raw: Raw): unknown {
  switch (kind) {
    case 's':
      return text(raw);
    case 'b':
      return raw === 1;
    case 'd':
      return new DataView((raw as Uint8Array).slice().buffer).getFloat64(0, true);
    case 'y':
      return JSON.parse(text([...fieldsOf(raw as Uint8Array)].find(([n]) => n === 2)![1]));
    default:
      return decode(kind, raw as Uint8Array);
  }
}

/** The JSON that a message stands for. Throws where the wire holds a field that `layouts` lacks. */
export function decode(message: string, bytes: Uint8Array): unknown {
  const layout = layouts[message]!.map((line) => line.split(' '));
  const isList = layout.some(([, name]) => name === '[]');
  const object: Record<string, unknown> = {};
  const list: unknown[] = [];
  for (const [number, raw] of fieldsOf(bytes)) {
    const line = layout.find(([n]) => Number(n) === number);
    if (!line) throw new Error(`${message} has no field ${number}`);
    const [, name, kind, repeated] = line as [string, string, string, string?];
    if (name === '=') return value(kind, raw);
    if (name === '[]') list.push(value(kind, raw));
    else if (name === '{}') {
      const entry = new Map(fieldsOf(raw as Uint8Array));
      object[text(entry.get(1)!)] = value(kind, entry.get(2)!);
    } else if (repeated) ((object[name] ??= []) as unknown[]).push(value(kind, raw));
    else object[name] = value(kind, raw);
  }
  return isList ? list : object;
}
