/** The kubectl whose lines these are. */
export const kubectlVersion = 'v1.36.2';
/** The kustomize that it holds. */
export const kustomizeVersion = 'v5.8.1';
