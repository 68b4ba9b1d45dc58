import { dns1123SubdomainErrors } from './dns.ts';
import { emptyText, maxLengthText, patternText, wholly } from './messages.ts';

const name = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const value = `(${name})?`;
const nameForm = wholly(name);
const valueForm = wholly(value);

const nameWrong = patternText(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  name,
  'MyName',
  'my.name',
  '123-abc',
);
const valueWrong = patternText(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  value,
  'MyValue',
  'my_value',
  '12345',
);

/** Longest label value, and longest name part of a label key. */
export const labelValueMax = 63;

/** What is wrong with a qualified name (label and annotation keys, resource names, finalizers); empty when nothing. */
export function qualifiedNameErrors(key: string): readonly string[] {
  const parts = key.split('/');
  if (parts.length > 2)
    return [
      `a valid label key ${nameWrong} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const errors: string[] = [];
  const part = parts.at(-1)!;
  if (parts.length === 2) {
    const [prefix = ''] = parts;
    const found = prefix === '' ? [emptyText] : dns1123SubdomainErrors(prefix);
    errors.push(...found.map((error) => `prefix part ${error.replace(/characters$/, 'bytes')}`));
  }
  if (part === '') errors.push(`name part ${emptyText}`);
  else if (part.length > labelValueMax)
    errors.push(`name part ${maxLengthText(labelValueMax, 'bytes')}`);
  if (!nameForm.test(part)) errors.push(`name part ${nameWrong}`);
  return errors;
}

/** What is wrong with a label's value; empty when nothing. */
export function labelValueErrors(text: string): readonly string[] {
  const errors: string[] = [];
  if (text.length > labelValueMax) errors.push(maxLengthText(labelValueMax, 'bytes'));
  if (!valueForm.test(text)) errors.push(valueWrong);
  return errors;
}
