/** The values of a header that may come several times; HTTP joins them by commas. */
export function headerList(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
}
