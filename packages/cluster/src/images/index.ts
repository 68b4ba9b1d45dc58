export { helloImage, helloReference } from './hello.ts';
export { type ImageSource, ociArchive } from './oci.ts';
export { pauseImage, pauseProgram, pauseReference } from './pause.ts';
