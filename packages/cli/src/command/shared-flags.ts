import { bool, type Flag, int, list, text } from './flags.ts';

/** `-f`, `-k`, `-R`. */
export interface FileFlags {
  readonly filename: readonly string[];
  readonly kustomize: string;
  readonly recursive: boolean;
}

export const fileFlags = (
  usage: string,
): { readonly [K in keyof FileFlags]: Flag<FileFlags[K]> } => ({
  filename: list(`File, folder or URL ${usage}; - is standard input`, { short: 'f' }),
  kustomize: text(
    '',
    'Folder or repository of a kustomization to build; not together with -f or -R',
    {
      short: 'k',
    },
  ),
  recursive: bool(false, 'Read the folders of -f with all that is below them', { short: 'R' }),
});

export const selectorFlag: Flag<string> = text(
  '',
  'Labels to select by: =, ==, !=, in, notin, as in -l key1=value1,key2=value2; all must match',
  { short: 'l' },
);
export const fieldSelectorFlag: Flag<string> = text(
  '',
  'Fields to select by: =, ==, !=, as the server knows them for the resource',
);
export const chunkSizeFlag: Flag<number> = int(
  500,
  'Ask for long lists in pieces of so many; 0 for all at once',
);
export const allNamespacesFlag: Flag<boolean> = bool(
  false,
  'Look in all namespaces, whatever --namespace says',
  {
    short: 'A',
  },
);
