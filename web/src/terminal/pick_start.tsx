import { Button, SegmentedControl } from "@mantine/core";
import type { Mode } from "../scan/protocol";
import { useDesk } from "./desk";
import { Icon } from "./icon";

const MODES: readonly Mode[] = ["pick", "cluster", "check"];

/** Get the next order, or scan which. */
export function PickStart() {
  const { terminal, preferences, preferred, view, say } = useDesk();
  const { mode } = preferred;
  return (
    <>
      <SegmentedControl
        fullWidth
        size="md"
        aria-label={say("mode")}
        value={mode}
        onChange={(value) =>
          preferences.set({ mode: MODES.find((one) => one === value) ?? "pick" })
        }
        data={MODES.map((one) => ({ value: one, label: say(`mode_${one}`) }))}
      />
      {mode === "cluster" && <Cluster />}
      {mode === "check" && <p className="hint">{say("check_hint")}</p>}
      {mode === "pick" && (
        <>
          <Button
            className="next-order"
            fullWidth
            disabled={view.link !== "online"}
            loading={view.isBusy}
            onClick={() => void terminal.picking.next()}
          >
            {say("next_order")}
          </Button>
          <p className="hint">{say("open_hint")}</p>
        </>
      )}
    </>
  );
}

function Cluster() {
  const { terminal, view, say } = useDesk();
  return (
    <>
      <p className="hint">{say("cluster_hint")}</p>
      <ul className="cluster">
        {view.cluster.map((order) => (
          <li key={order}>
            <b>{order}</b>
            <Button
              variant="subtle"
              color="gray"
              aria-label={say("remove", { what: order })}
              onClick={() => terminal.picking.removeFromCluster(order)}
            >
              <Icon name="cross" />
            </Button>
          </li>
        ))}
      </ul>
      <Button
        size="xl"
        fullWidth
        disabled={view.cluster.length === 0 || view.link !== "online"}
        loading={view.isBusy}
        onClick={() => void terminal.picking.openCluster()}
      >
        {say("start_cluster", { count: view.cluster.length })}
      </Button>
    </>
  );
}
