/** Files made in the browser. */

/** So that spreadsheets read the file as UTF-8. */
const byteOrderMark = '\u{FEFF}';

/** Saves a text as a file of the person's. */
export function download(fileName: string, text: string, mediaType = 'text/csv'): void {
  downloadBlob(
    fileName,
    new Blob([mediaType === 'text/csv' ? byteOrderMark : '', text], { type: `${mediaType};charset=utf-8` }),
  );
}

/** Saves bytes of any kind as a file of the person's. */
export function downloadBlob(fileName: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The browser has to have begun before its source goes.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
