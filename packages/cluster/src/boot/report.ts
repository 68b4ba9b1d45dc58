/** What a starting cluster tells whoever waits for it, one JSON line each. */
export type Report =
  | { readonly type: 'start'; readonly step: string }
  | {
      readonly type: 'done';
      readonly step: string;
      readonly tookMs: number;
      readonly note?: string;
    }
  | { readonly type: 'ready'; readonly server: string }
  | { readonly type: 'failed'; readonly message: string; readonly advice?: string };

export type Reporter = (report: Report) => void;

/** Complete lines of a stream of text pieces, parsed. */
export async function* readReports(pieces: AsyncIterable<string>): AsyncGenerator<Report> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line !== '') yield JSON.parse(line) as Report;
  }
}
