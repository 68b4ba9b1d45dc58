import type { Authorizer } from './authorizer.ts';
import type { RbacIndex } from './rbac-index.ts';
import { ruleAllows } from './rules.ts';

/** Role based access control: allows what a rule of a bound role allows, and has no opinion on anything else. */
export function rbacAuthorizer(index: RbacIndex): Authorizer {
  return {
    name: 'RBAC',
    authorize(user, info) {
      const grants = index.grantsFor(user, info.isResource ? info.namespace : '');
      for (const { rule, source } of grants.byVerb(info.verb))
        if (ruleAllows(rule, info))
          return { decision: 'allow', reason: `RBAC: allowed by ${source}` };
      return { decision: 'no-opinion', reason: resolutionErrors(grants.errors) };
    },
  };
}

const resolutionErrors = (errors: readonly string[]): string => {
  const distinct = [...new Set(errors)];
  if (distinct.length === 0) return '';
  return `RBAC: ${distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`}`;
};
