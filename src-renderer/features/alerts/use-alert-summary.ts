/** How many incidents stand open: for the operator only. */
import { alertSummaryRoute } from '../../../src-main/contract/rest/alerts.routes.ts';
import { useCall } from '../../api/query.ts';
import { useSession } from '../../state/session.ts';

export function useAlertSummary() {
  const session = useSession();
  return useCall(alertSummaryRoute, undefined, { refreshMs: 60_000, enabled: () => session.isAdmin });
}
