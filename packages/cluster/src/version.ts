export const coxswainVersion = '0.1.0';

/** The Kubernetes release whose API and behaviour this is. */
export const kubernetesVersion = 'v1.36.2';
