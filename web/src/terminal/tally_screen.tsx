import { Button } from "@mantine/core";
import { useState } from "react";
import { isDone, lineIn, progressOf, type TallyState } from "../scan/tally";
import { Action, MenuItem } from "./actions";
import { CameraPanel } from "./camera_panel";
import { CodeSheet } from "./code_sheet";
import { useDesk } from "./desk";
import { FeedbackArea } from "./feedback_area";
import { LackingSheet } from "./lacking_sheet";
import { LateList } from "./late_list";
import { NumberSheet } from "./number_sheet";
import { NextQuantity, QuantitySheet } from "./quantity_sheet";
import { SetSheet } from "./set_sheet";
import { Sheet } from "./sheet";
import { TallyCard } from "./tally_card";
import { TallyLines } from "./tally_lines";
import { TopBar } from "./top_bar";

type Open = "set" | "more" | "quantity" | "code";

/** A delivery being received, or a shelf being counted. */
export function TallyScreen({ tally, onSettings }: { tally: TallyState; onSettings: () => void }) {
  const { terminal, view, say } = useDesk();
  // what covers the page gives way to what comes of a scan
  const [open, setOpen] = useState<{ what: Open; scans: number } | null>(null);
  const [hasCamera, setHasCamera] = useState(false);
  const shownSheet = open?.scans === view.scans ? open.what : null;
  const show = (what: Open) => setOpen({ what, scans: view.scans });
  const close = () => setOpen(null);

  const [asked] = view.asked;
  const current = lineIn(view.tally, view.current);
  const progress = progressOf(tally);
  const undone = tally.lines.filter((line) => !isDone(line));
  const done = tally.lines.filter(isDone);
  const name = (tally.kind === "count" ? tally.location : tally.reference) ?? "";
  const choose = (line: string | number) => {
    terminal.tallying.choose(line);
    scrollTo({ top: 0 });
  };

  return (
    <>
      <TopBar title={say(`title_${tally.kind}`, { name })} onSettings={onSettings} />
      <FeedbackArea />
      <main>
        <LateList />
        {hasCamera && <CameraPanel onClose={() => setHasCamera(false)} />}
        {tally.supplier && <p className="hint">{tally.supplier}</p>}
        {progress.all > 0 && (
          <p className="progress">
            <progress value={progress.done} max={progress.all} />
            <span>{say("tally_progress", { ...progress })}</span>
          </p>
        )}
        <NextQuantity />
        {current && <TallyCard line={current} kind={tally.kind} />}
        {tally.lines.length === 0 && <p className="hint">{say("nothing_yet")}</p>}
        <TallyLines
          title={say("not_counted", { count: undone.length })}
          lines={undone}
          kind={tally.kind}
          onChoose={choose}
        />
        <TallyLines
          title={say("counted_lines", { count: done.length })}
          lines={done}
          kind={tally.kind}
          onChoose={choose}
        />
      </main>
      <footer className="actions">
        <Button
          size="xl"
          fullWidth
          variant={undone.length > 0 ? "default" : "filled"}
          loading={view.isBusy}
          onClick={() => {
            close();
            void terminal.tallying.complete();
          }}
        >
          {say("complete")}
        </Button>
        <nav aria-label={say("more")}>
          <Action
            icon="camera"
            label={say("camera")}
            isPressed={hasCamera}
            onClick={() => setHasCamera(!hasCamera)}
          />
          <Action icon="undo" label={say("undo")} onClick={() => void terminal.undo()} />
          <Action
            icon="hash"
            label={say("quantity")}
            isDisabled={!current}
            onClick={() => show("set")}
          />
          <Action icon="keyboard" label={say("code")} onClick={() => show("code")} />
          <Action icon="dots" label={say("more")} onClick={() => show("more")} />
        </nav>
      </footer>
      {asked && <NumberSheet asked={asked} />}
      {shownSheet === "set" && current && <SetSheet line={current} onClose={close} />}
      {shownSheet === "quantity" && <QuantitySheet onClose={close} />}
      {shownSheet === "code" && <CodeSheet onClose={close} />}
      {shownSheet === "more" && (
        <Sheet title={say("more")} onClose={close}>
          <div className="menu">
            <MenuItem
              icon="plus"
              label={say("quantity_of_scan")}
              onClick={() => show("quantity")}
            />
            <MenuItem
              icon="door"
              label={say("leave")}
              isDisabled={view.link !== "online"}
              onClick={() => {
                close();
                void terminal.tallying.leave();
              }}
            />
            <p className="hint">{say("leave_hint")}</p>
          </div>
        </Sheet>
      )}
      {view.lacking && (
        <LackingSheet
          tally={tally}
          lacking={view.lacking}
          onRecount={(line) => {
            terminal.tallying.noteLacking();
            choose(line);
            show("set");
          }}
        />
      )}
    </>
  );
}
