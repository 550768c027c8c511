import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import type { Mode } from "../scan/protocol";
import { CameraPanel } from "./camera_panel";
import { CodeSheet } from "./code_sheet";
import { useDesk } from "./desk";
import { FeedbackArea } from "./feedback_area";
import { Icon } from "./icon";
import { LateList } from "./late_list";
import { TopBar } from "./top_bar";

const MODES: readonly Mode[] = ["pick", "cluster", "check"];

/** No order is open: get the next one, or scan which. */
export function IdleScreen({ onSettings }: { onSettings: () => void }) {
  const { terminal, preferences, preferred, view, say } = useDesk();
  const [isTyping, setIsTyping] = useState(false);
  const [hasCamera, setHasCamera] = useState(false);
  const isOnline = view.link === "online";
  const { mode } = preferred;
  return (
    <>
      <TopBar title={view.person ?? say("title")} onSettings={onSettings} />
      <FeedbackArea hint={say("ready_order")} />
      <main className="idle">
        <LateList />
        {hasCamera && <CameraPanel onClose={() => setHasCamera(false)} />}
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
              disabled={!isOnline}
              loading={view.isBusy}
              onClick={() => void terminal.next()}
            >
              {say("next_order")}
            </Button>
            <p className="hint">{say("open_hint")}</p>
          </>
        )}
        <div className="pair">
          <Button
            variant="default"
            size="lg"
            px="xs"
            leftSection={<Icon name="camera" />}
            onClick={() => setHasCamera(!hasCamera)}
          >
            {say("camera")}
          </Button>
          <Button
            variant="default"
            size="lg"
            px="xs"
            leftSection={<Icon name="keyboard" />}
            onClick={() => setIsTyping(true)}
          >
            {say("type_code")}
          </Button>
        </div>
      </main>
      {isTyping && <CodeSheet onClose={() => setIsTyping(false)} />}
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
              onClick={() => terminal.removeFromCluster(order)}
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
        onClick={() => void terminal.openCluster()}
      >
        {say("start_cluster", { count: view.cluster.length })}
      </Button>
    </>
  );
}
