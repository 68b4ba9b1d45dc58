import { Buffer } from 'node:buffer';
import type { ImageSource } from './oci.ts';

/** The sandbox image of every pod: what containerd's `sandbox_image` names. */
export const pauseReference = 'coxswain.local/pause:1';

/**
 * The sandbox's only process, as an ELF file of a few hundred bytes: it ignores SIGCHLD with SA_NOCLDWAIT, so the
 * kernel reaps every orphan of a shared process namespace; it blocks SIGINT and SIGTERM, waits for
 * one of them, and exits 0. It owns one page of memory and never wakes otherwise.
 */
export function pauseProgram(architecture: 'amd64' | 'arm64'): Uint8Array {
  return architecture === 'amd64' ? elf(0x3e, amd64Code()) : elf(0xb7, arm64Code());
}

export function pauseImage(architecture: 'amd64' | 'arm64'): ImageSource {
  return {
    reference: pauseReference,
    architecture,
    files: [{ path: 'pause', mode: 0o755, content: pauseProgram(architecture) }],
    entrypoint: ['/pause'],
    user: '65535:65535',
    env: ['PATH=/'],
  };
}

const fileHeaderBytes = 64;
const programHeaderBytes = 56;
const loadAddress = 0x400000n;

/** A static executable with one read-and-execute segment: both headers, then `code`, entered at its start. */
function elf(machine: number, code: Uint8Array): Uint8Array {
  const start = fileHeaderBytes + programHeaderBytes;
  const file = Buffer.alloc(start + code.byteLength);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // magic, 64 bit, little endian, version 1
  file.writeUInt16LE(2, 16); // an executable
  file.writeUInt16LE(machine, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(loadAddress + BigInt(start), 24); // entry
  file.writeBigUInt64LE(BigInt(fileHeaderBytes), 32); // program headers
  file.writeUInt16LE(fileHeaderBytes, 52);
  file.writeUInt16LE(programHeaderBytes, 54);
  file.writeUInt16LE(1, 56);
  const segment = file.subarray(fileHeaderBytes);
  segment.writeUInt32LE(1, 0); // loadable
  segment.writeUInt32LE(5, 4); // read, execute
  segment.writeBigUInt64LE(loadAddress, 16);
  segment.writeBigUInt64LE(loadAddress, 24);
  segment.writeBigUInt64LE(BigInt(file.byteLength), 32);
  segment.writeBigUInt64LE(BigInt(file.byteLength), 40);
  segment.writeBigUInt64LE(0x1000n, 48);
  file.set(code, start);
  return file;
}

/** struct kernel_sigaction {SIG_IGN, SA_RESTORER | SA_NOCLDWAIT, no restorer, empty mask}, then the set {SIGINT, SIGTERM}. */
function signalData(): Uint8Array {
  const data = Buffer.alloc(40);
  data.writeBigUInt64LE(1n, 0);
  data.writeBigUInt64LE(0x0400_0002n, 8);
  data.writeBigUInt64LE((1n << 1n) | (1n << 14n), 32);
  return data;
}
const actionOffset = 0;
const setOffset = 32;

function amd64Code(): Uint8Array {
  const codeBytes = 88;
  const bytes: number[] = [];
  const int32 = (value: number): number[] => [...new Uint8Array(new Int32Array([value]).buffer)];
  const syscall = (number: number): void => void bytes.push(0xb8, ...int32(number), 0x0f, 0x05);
  const address = (register: 0x35 | 0x3d, offset: number): void =>
    // lea rsi|rdi, [rip + distance], the distance counted from the end of this instruction
    void bytes.push(0x48, 0x8d, register, ...int32(codeBytes + offset - (bytes.length + 7)));
  const setSize = [0x41, 0xba, ...int32(8)]; // mov r10d, 8
  // rt_sigaction(SIGCHLD, action, 0, 8)
  bytes.push(0xbf, ...int32(17));
  address(0x35, actionOffset);
  bytes.push(0x31, 0xd2, ...setSize); // xor edx, edx
  syscall(13);
  // rt_sigprocmask(SIG_BLOCK, set, 0, 8)
  bytes.push(0x31, 0xff); // xor edi, edi
  address(0x35, setOffset);
  bytes.push(0x31, 0xd2, ...setSize);
  syscall(14);
  // do result = rt_sigtimedwait(set, 0, 0, 8) while (result < 0)
  const loop = bytes.length;
  address(0x3d, setOffset);
  bytes.push(0x31, 0xf6, 0x31, 0xd2, ...setSize); // xor esi, esi; xor edx, edx
  syscall(128);
  bytes.push(0x85, 0xc0); // test eax, eax
  bytes.push(0x78, (loop - (bytes.length + 2)) & 0xff); // js loop
  // exit(0)
  bytes.push(0x31, 0xff);
  syscall(60);
  return Buffer.concat([placed(bytes, codeBytes), signalData()]);
}

function arm64Code(): Uint8Array {
  const codeBytes = 20 * 4;
  const words: number[] = [];
  const move = (register: number, value: number): void =>
    void words.push(0xd2800000 | (value << 5) | register);
  const address = (register: number, offset: number): void => {
    const distance = codeBytes + offset - words.length * 4; // adr counts from its own address
    words.push(0x10000000 | ((distance & 3) << 29) | ((distance >> 2) << 5) | register);
  };
  const syscall = (number: number): void => {
    move(8, number);
    words.push(0xd4000001);
  };
  const clear = (...registers: readonly number[]): void =>
    registers.forEach((register) => move(register, 0));
  // rt_sigaction(SIGCHLD, action, 0, 8)
  move(0, 17);
  address(1, actionOffset);
  clear(2);
  move(3, 8);
  syscall(134);
  // rt_sigprocmask(SIG_BLOCK, set, 0, 8): x2 and x3 still stand
  clear(0);
  address(1, setOffset);
  syscall(135);
  // do result = rt_sigtimedwait(set, 0, 0, 8) while (result < 0)
  const loop = words.length;
  address(0, setOffset);
  clear(1, 2);
  move(3, 8);
  syscall(137);
  words.push(0xb7f80000 | (((loop - words.length) & 0x3fff) << 5)); // tbnz x0, #63, loop
  // exit(0)
  clear(0);
  syscall(93);
  const bytes = new Uint8Array(new Uint32Array(words).buffer);
  return Buffer.concat([placed([...bytes], codeBytes), signalData()]);
}

/** `code` at its planned length, which the addresses of the data behind it count on. */
function placed(code: readonly number[], bytes: number): Uint8Array {
  if (code.length > bytes) throw new RangeError(`code has ${code.length} bytes, planned ${bytes}`);
  const out = new Uint8Array(bytes);
  out.set(code);
  return out;
}
