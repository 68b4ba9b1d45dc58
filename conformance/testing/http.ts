/** One HTTP request on a connection of its own, so that a Service chooses a pod for each. */
import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export function fetchText(url: string, timeoutMs = 60_000): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response
        .setEncoding('utf8')
        .on('data', (text: string) => (body += text))
        .on('end', () => resolve({ status: response.statusCode!, body }))
        .on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error(`no answer from ${url} in ${timeoutMs} ms`)));
    call.on('error', reject).end();
  });
}
