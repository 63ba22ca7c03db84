import { statfs } from 'node:fs/promises'

/** Older versions can damage a database that several connections write with a write-ahead log. */
const firstSafeVersion = [3, 51, 3]

/** File systems on which the log's shared memory does not reach everyone, by Linux's own numbers of their kinds. */
const remoteKinds: ReadonlyMap<number, string> = new Map([
  [0x69_69, 'NFS'],
  [0x51_7b, 'SMB'],
  [0xff_53_4d_42, 'CIFS'],
  [0xfe_53_4d_42, 'SMB'],
  [0x53_46_41_4f, 'AFS'],
  [0x6b_41_46_53, 'AFS'],
  [0x73_75_72_45, 'Coda'],
  [0x56_4c, 'NCP'],
  [0x01_02_19_97, '9P'],
  [0x00_c3_64_00, 'Ceph'],
  [0x65_73_55_46, 'FUSE'],
  [0x01_16_19_70, 'GFS2'],
  [0x74_61_63_6f, 'OCFS2'],
  [0x0b_d0_0b_d0, 'Lustre'],
  [0x47_50_46_53, 'GPFS'],
  [0x78_6f_42_56, 'VirtualBox'],
  [0x79_4c_76_30, 'overlay'],
])

/** The kind of a file system that is not plainly this machine's own; undefined for a local or an unknown one. */
export async function findRemoteKind(folder: string): Promise<string | undefined> {
  if (process.platform === 'win32') return folder.startsWith('\\\\') ? 'network share' : undefined
  // Other systems number their file systems as they load them.
  if (process.platform !== 'linux') return undefined
  try {
    const { type } = await statfs(folder)
    // Some of the numbers come with a sign.
    return remoteKinds.get(type >>> 0)
  } catch {
    return undefined
  }
}

/** Whether this SQLite, by its own version, may write ahead. */
export function isSafeVersion(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (const [index, least] of firstSafeVersion.entries()) {
    const part = parts[index] ?? 0
    if (part !== least) return part > least
  }
  return true
}
