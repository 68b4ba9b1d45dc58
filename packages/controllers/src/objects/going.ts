import { ApiError } from '@coxswain/api';

/** The server refuses to create anything in a namespace that is being deleted. */
export const namespaceIsGoing = (error: Error): boolean =>
  error instanceof ApiError &&
  (error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false);
