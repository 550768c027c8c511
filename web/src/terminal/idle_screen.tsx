import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { TASKS } from "../scan/tasks";
import { CameraPanel } from "./camera_panel";
import { CodeSheet } from "./code_sheet";
import { CountStart } from "./count_start";
import { useDesk } from "./desk";
import { FeedbackArea } from "./feedback_area";
import { Icon } from "./icon";
import { LateList } from "./late_list";
import { PickStart } from "./pick_start";
import { ReceiveStart } from "./receive_start";
import { TopBar } from "./top_bar";

const STARTS = { pick: PickStart, receive: ReceiveStart, count: CountStart };
const HINTS = { pick: "ready_order", receive: "ready_delivery", count: "ready_shelf" } as const;

/** Nothing is open: choose what to do, and scan or press with what to begin. */
export function IdleScreen({ onSettings }: { onSettings: () => void }) {
  const { preferences, preferred, view, say } = useDesk();
  const [isTyping, setIsTyping] = useState(false);
  const [hasCamera, setHasCamera] = useState(false);
  const { task } = preferred;
  const Start = STARTS[task];
  return (
    <>
      <TopBar title={view.person ?? say("title")} onSettings={onSettings} />
      <FeedbackArea hint={say(HINTS[task])} />
      <main className="idle">
        <LateList />
        {hasCamera && <CameraPanel onClose={() => setHasCamera(false)} />}
        <SegmentedControl
          className="tasks"
          fullWidth
          size="lg"
          aria-label={say("task")}
          value={task}
          onChange={(value) =>
            preferences.set({ task: TASKS.find((one) => one === value) ?? "pick" })
          }
          data={TASKS.map((one) => ({ value: one, label: say(`task_${one}`) }))}
        />
        <Start />
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
