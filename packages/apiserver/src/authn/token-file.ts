import type { UserInfo } from '@coxswain/api';
import type { TokenAuthenticator } from './token.ts';

/** Tokens of `--token-auth-file`: lines of token, user, uid and, quoted, groups by commas. Throws on a line that is none. */
export function tokenFile(text: string): TokenAuthenticator {
  const users = new Map<string, UserInfo>();
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.trim()) continue;
    const fields = csvFields(line);
    if (fields.length < 3)
      throw new Error(
        `token file must have at least 3 columns (token, user name, user uid), found ${fields.length} in line ${index + 1}`,
      );
    const [token = '', name = '', uid = '', groups = ''] = fields;
    if (!token) continue;
    users.set(token, {
      name,
      uid,
      groups: groups
        .split(',')
        .map((group) => group.trim())
        .filter(Boolean),
    });
  }
  return {
    name: 'token-file',
    check: (token) => {
      const user = users.get(token);
      return Promise.resolve(user && { user });
    },
  };
}

/** The fields of one line of CSV; quotes keep commas in, and a doubled quote is one. */
function csvFields(line: string): readonly string[] {
  const fields = line.match(/("([^"]|"")*"|[^,])*(,|$)/g) ?? [];
  const kept = line.endsWith(',') ? fields : fields.slice(0, -1);
  return kept.map((field) => {
    const plain = field.replace(/,$/, '').trim();
    return plain.startsWith('"') ? plain.slice(1, -1).replaceAll('""', '"') : plain;
  });
}
