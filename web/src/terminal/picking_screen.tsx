import { Button } from "@mantine/core";
import { useState } from "react";
import type { SessionState } from "../scan/protocol";
import { progressOf, stepsOf } from "../scan/walk";
import { Action, MenuItem } from "./actions";
import { CameraPanel } from "./camera_panel";
import { CodeSheet } from "./code_sheet";
import { useDesk } from "./desk";
import { FeedbackArea } from "./feedback_area";
import { Icon } from "./icon";
import { LateList } from "./late_list";
import { NumberSheet } from "./number_sheet";
import { NextQuantity, QuantitySheet } from "./quantity_sheet";
import { Sheet } from "./sheet";
import { ShortSheet } from "./short_sheet";
import { StepCard } from "./step_card";
import { StepList } from "./step_list";
import { TopBar } from "./top_bar";

type Open = "short" | "more" | "quantity" | "code";

/** An order, or several in one walk, being picked or checked. */
export function PickingScreen(props: { session: SessionState; onSettings: () => void }) {
  const { terminal, view, say, amount } = useDesk();
  const { session } = props;
  const [asked] = view.asked;
  const [chosen, setChosen] = useState<string | null>(null);
  // what covers the page gives way to what comes of a scan
  const [open, setOpen] = useState<{ what: Open; scans: number } | null>(null);
  const [hasCamera, setHasCamera] = useState(false);
  const shownSheet = open?.scans === view.scans ? open.what : null;
  const show = (what: Open) => setOpen({ what, scans: view.scans });
  const close = () => setOpen(null);

  const steps = stepsOf(session, view.skipped);
  const undone = steps.filter(({ state }) => state !== "done");
  const current = undone.find(({ id }) => id === chosen) ?? undone[0] ?? null;
  const others = undone.filter((step) => step !== current);
  const done = steps.filter(({ state }) => state === "done");
  const progress = progressOf(steps);
  const hasBins = session.mode === "cluster";
  const canSkip = current?.state === "open";
  const numbers = session.orders.map(({ number }) => number).join(", ");
  const counts = { picked: amount(progress.picked), ordered: amount(progress.ordered) };
  const complete = () => {
    close();
    void terminal.picking.complete();
  };

  return (
    <>
      <TopBar title={numbers} onSettings={props.onSettings} />
      <FeedbackArea />
      <main>
        <LateList />
        {hasCamera && <CameraPanel onClose={() => setHasCamera(false)} />}
        <p className="progress">
          <progress value={Number(progress.picked)} max={Number(progress.ordered) || 1} />
          <span>{say("of", counts)}</span>
        </p>
        <NextQuantity />
        {current ? (
          <StepCard step={current} hasBins={hasBins} />
        ) : (
          <section className="step all-done">
            <Icon name="check" size={48} />
            <h2>{say("all_picked")}</h2>
          </section>
        )}
        <StepList
          title={say("following")}
          steps={others}
          hasBins={hasBins}
          onChoose={({ id }) => setChosen(id)}
        />
        <StepList
          title={say("done_lines", { count: done.length })}
          steps={done}
          hasBins={hasBins}
        />
      </main>
      <footer className="actions">
        {undone.length === 0 && (
          <Button size="xl" fullWidth loading={view.isBusy} onClick={complete}>
            {say("complete")}
          </Button>
        )}
        <nav aria-label={say("more")}>
          <Action
            icon="camera"
            label={say("camera")}
            isPressed={hasCamera}
            onClick={() => setHasCamera(!hasCamera)}
          />
          <Action icon="undo" label={say("undo")} onClick={() => void terminal.undo()} />
          <Action
            icon="later"
            label={say("skip")}
            isDisabled={!canSkip}
            onClick={() => {
              if (!current) return;
              setChosen(null);
              void terminal.picking.skip(current.order.order, current.line.line);
            }}
          />
          <Action
            icon="half"
            label={say("short")}
            isDisabled={!canSkip}
            onClick={() => show("short")}
          />
          <Action icon="dots" label={say("more")} onClick={() => show("more")} />
        </nav>
      </footer>
      {asked && <NumberSheet asked={asked} />}
      {shownSheet === "short" && current && <ShortSheet step={current} onClose={close} />}
      {shownSheet === "quantity" && <QuantitySheet onClose={close} />}
      {shownSheet === "code" && <CodeSheet onClose={close} />}
      {shownSheet === "more" && (
        <Sheet title={say("more")} onClose={close}>
          <div className="menu">
            {view.known.takesQuantities && (
              <MenuItem icon="hash" label={say("quantity")} onClick={() => show("quantity")} />
            )}
            <MenuItem icon="keyboard" label={say("type_code")} onClick={() => show("code")} />
            <MenuItem icon="star" label={say("complete")} onClick={complete} />
          </div>
        </Sheet>
      )}
    </>
  );
}
