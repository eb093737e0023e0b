/** How many characters of a file are examined to recognise its format. */
export const HEAD = 65536

/** Beginnings of other formats, as text. */
const TEXTS: [RegExp, string][] = [
  [/^version https?:\/\/(?:git-lfs|hawser)\b/, 'a Git LFS pointer in place of the file ("git lfs pull" fetches it)'],
  [/^(?:<!--[\s\S]*?-->\s*)?<(?:!doctype html|html|head|body|title|script)\b/i, 'a web page'],
  [/^<\?xml\b|^<!doctype\b/i, 'XML'],
  [/^\{\s*(?:"|\}\s*$)|^\[\s*(?:\{\s*"|[["])/, 'JSON (JSON.parse reads it)'],
  [/^(?:%[^\n]*\n\s*)*@relation\s/i, 'an ARFF file of Weka'],
  [/^BZh\d1AY&SY/, 'a bzip2 file'],
  [/^RIFF[\s\S]{4}WEBP/, 'a WebP picture'],
  [/^[\s\S]{4}ftyp(?:avif|hei[cf]|mif1)/, 'a HEIF or AVIF picture'],
]

/** Beginnings of other formats as bytes, each with its offset where it is not 0. */
const BYTES: [string, string, number?][] = [
  ['%%MatrixMarket', 'a Matrix Market file'],
  ['MATLAB 7.3 ', 'a MATLAB file of version 7.3, which is HDF5 (save it again with -v7)'],
  ['%PDF-', 'a PDF document'],
  ['{\\rtf', 'an RTF document'],
  ['PK\x03\x04', 'a ZIP archive (as .xlsx and .npz are)'],
  ['PK\x05\x06', 'an empty ZIP archive'],
  ['\xd0\xcf\x11\xe0', 'a workbook of old Excel'],
  ['ustar', 'a tar archive', 257],
  ['7z\xbc\xaf', 'a 7z archive'],
  ['Rar!\x1a', 'a RAR archive'],
  ['\x89HDF', 'an HDF5 file'],
  ['\x93NUMPY', 'an array of NumPy'],
  ['PAR1\x15', 'a Parquet file'],
  ['ARROW1\0', 'an Arrow file'],
  ['FEA1\0', 'a Feather file'],
  ['SQLite format 3\0', 'a database of SQLite'],
  ['\x1f\x8b', 'a gzip file (gunzip unpacks it)'],
  ['\xfd7zXZ', 'an xz file'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard file'],
  ['\x89PNG\r\n', 'a PNG picture (decodeImage reads it)'],
  ['\xff\xd8\xff', 'a JPEG picture (decodeImage reads it)'],
  ['GIF87a', 'a GIF picture'],
  ['GIF89a', 'a GIF picture'],
  ['II*\0', 'a TIFF picture'],
  ['MM\0*', 'a TIFF picture'],
]

const known = (start: string): string | undefined =>
  BYTES.find(([signature, , at = 0]) => start.startsWith(signature, at))?.[1] ??
  TEXTS.find(([signature]) => signature.test(start))?.[1]

/** Names the format of unexpected bytes, with advice; undefined when it is unknown. */
export const foreignBytes = (bytes: Uint8Array): string | undefined =>
  known(
    String.fromCharCode(...bytes.subarray(0, 1024))
      .replace(/^\u00ef\u00bb\u00bf/, '')
      .trimStart(),
  )

/** Names the format of a text that is no table; undefined when it may be one. */
export function foreign(text: string): string | undefined {
  const start = text.slice(0, HEAD).trimStart()
  const name = known(start)
  if (name) return name
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they distinguish binary data from text
  if (/[\0-\u0008\u000e-\u001a\u001c-\u001f]/.test(start))
    return `binary data${start.includes('\0') ? ', or UTF-16 text without a byte order mark' : ''}`
  const tag = /^<([a-z][\w:.-]*)(?:\s[^<>]*)?>/i.exec(start)?.[1]
  return tag && text.trimEnd().endsWith(`</${tag}>`) ? 'XML' : undefined
}
