/** Saves all rows of a list as CSV, and tells how far it is and what became of it. */
import { ref } from 'vue';
import { toast } from 'vue-sonner';
import { useText } from '../../i18n/use-text.ts';
import { useFormat } from '../format.ts';
import type { TableColumn } from './column.ts';
import { csvFileName } from './csv.ts';
import { download } from './download.ts';
import { collectCsv, type RowSource } from './row-source.ts';

const longMs = 10_000;

export function useCsvExport<Row>() {
  const text = useText();
  const format = useFormat();
  const isSaving = ref(false);

  /** Saves `<subject>-<day>-<time>.csv`; while one is under way it does nothing. */
  async function save(
    subject: string,
    source: RowSource<Row>,
    list: { readonly columns: readonly TableColumn<Row>[]; readonly rowId: (row: Row) => string },
  ): Promise<void> {
    if (isSaving.value) return;
    isSaving.value = true;
    const abort = new AbortController();
    const action = { label: text('common.cancel'), onClick: () => abort.abort() };
    const toastId = toast.loading(text('table.csv.start'), { duration: Infinity, action });
    function onProgress(done: number, total: number): void {
      const counts = { done: format.value.count(done), total: format.value.count(total) };
      if (!abort.signal.aborted)
        toast.loading(text('table.csv.progress', counts), { id: toastId, duration: Infinity, action });
    }
    try {
      const { csv, rows, isCut } = await collectCsv(source, { ...list, signal: abort.signal, onProgress });
      download(csvFileName(subject), csv);
      const count = format.value.count(rows);
      if (isCut)
        toast.warning(text('table.csv.cut', { count }, rows), {
          description: text('table.csv.cutHint'),
          duration: longMs,
        });
      else toast.success(text('table.csv.done', { count }, rows));
    } catch (error) {
      if (abort.signal.aborted) toast.info(text('table.csv.cancelled'));
      else
        toast.error(text('table.csv.failed'), {
          description: error instanceof Error ? error.message : String(error),
          duration: longMs,
        });
    } finally {
      toast.dismiss(toastId);
      isSaving.value = false;
    }
  }

  return { isSaving, save };
}
