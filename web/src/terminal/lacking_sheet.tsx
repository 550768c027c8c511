import { Button } from "@mantine/core";
import {
  LACKS,
  type Lack,
  type Lacking,
  lineIn,
  type TallyLine,
  type TallyState,
} from "../scan/tally";
import { useDesk } from "./desk";
import { Sheet } from "./sheet";

interface Props {
  tally: TallyState;
  lacking: readonly Lacking[];
  onRecount: (line: string | number) => void;
}

/** Why it is not complete, and what can be done about each line. */
export function LackingSheet({ tally, lacking, onRecount }: Props) {
  const { terminal, view, say, why } = useDesk();
  const close = () => terminal.tallying.noteLacking();
  const groups = [...new Set(lacking.map((one) => one.why))].map((reason) => ({
    reason,
    lack: LACKS.find((one) => one === reason) ?? null,
    lines: lacking
      .filter((one) => one.why === reason)
      .map(({ line }) => lineIn(tally, line))
      .filter((line) => line !== null),
  }));
  const isOnlyMissing = groups.length > 0 && groups.every(({ lack }) => lack === "missing");
  return (
    <Sheet title={say("lacking_title")} onClose={close}>
      <div className="lacking">
        {groups.map(({ reason, lack, lines }) => (
          <section key={reason}>
            <h3>{lack ? say(`lacking_${lack}`) : why(reason)}</h3>
            <ul>
              {lines.map((line) => (
                <li key={line.line}>
                  <LackingLine line={line} lack={lack} onRecount={onRecount} />
                </li>
              ))}
            </ul>
            {lack === "uncounted" && lines.length > 1 && (
              <Button
                size="lg"
                fullWidth
                variant="default"
                onClick={() => void terminal.tallying.setNone(lines.map(({ line }) => line))}
              >
                {say("none_of_these", { count: lines.length })}
              </Button>
            )}
          </section>
        ))}
        <Button size="xl" fullWidth onClick={close}>
          {say("go_on")}
        </Button>
        {isOnlyMissing && (
          <>
            <p className="hint">{say("missing_hint")}</p>
            <Button
              size="xl"
              fullWidth
              color="red"
              loading={view.isBusy}
              onClick={() => void terminal.tallying.completeWithout()}
            >
              {say("accept_missing")}
            </Button>
          </>
        )}
      </div>
    </Sheet>
  );
}

interface LineProps {
  line: TallyLine;
  lack: Lack | null;
  onRecount: (line: string | number) => void;
}

function LackingLine({ line, lack, onRecount }: LineProps) {
  const { terminal, say, amount } = useDesk();
  return (
    <>
      <span className="what">
        {line.name}
        <code>{line.code}</code>
      </span>
      {lack === "missing" && (
        <b className="count">
          {amount(line.counted ?? "0")}/{amount(line.expected ?? "0")}
        </b>
      )}
      {(lack === "uncounted" || lack === "refused") && (
        <Button
          size="md"
          variant="default"
          onClick={() => void terminal.tallying.setNone([line.line])}
        >
          {say("none_there")}
        </Button>
      )}
      {lack === "moved" && (
        <Button size="md" variant="default" onClick={() => onRecount(line.line)}>
          {say("recount")}
        </Button>
      )}
    </>
  );
}
