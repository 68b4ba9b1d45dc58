import { readdir } from 'node:fs/promises';
import { documents } from './documents.ts';
import { edgesOf } from './edges.ts';
import { differentialNamespace, lifeOf, servedResources } from './every-kind.ts';
import type { RequestList } from './request.ts';
import type { Sender } from './sender.ts';
import { spoilt } from './spoilt.ts';

const seed = 36;
const spoiltCount = 600;

/** Everything that is compared. What resources there are is asked of upstream. */
export async function allLists(upstream: Sender): Promise<readonly RequestList[]> {
  const served = await servedResources(upstream);
  return [
    before,
    documents(served),
    ...served.map(lifeOf),
    ...served.map(edgesOf),
    ...(await writtenLists()),
    spoilt(served, seed, spoiltCount),
  ];
}

/** What the others stand on. */
const before: RequestList = {
  name: 'before',
  requests: [
    {
      name: 'a namespace',
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { metadata: { name: differentialNamespace } },
    },
    {
      name: 'an account',
      method: 'POST',
      path: `/api/v1/namespaces/${differentialNamespace}/serviceaccounts`,
      body: { metadata: { name: 'default' } },
    },
  ],
};

/** The lists of `requests/`: each file's default export is one, or several. */
async function writtenLists(): Promise<readonly RequestList[]> {
  const folder = new URL('requests/', import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted();
  const modules = await Promise.all(
    files.map(
      (file) =>
        import(new URL(file, folder).href) as Promise<{
          default: RequestList | readonly RequestList[];
        }>,
    ),
  );
  return modules.flatMap(({ default: lists }) => lists);
}
