import type { TallyKind, TallyLine } from "../scan/tally";
import { useDesk } from "./desk";
import { Picture } from "./step_card";

/** The goods that were scanned last, or looked at: what they are, and how many there are now. */
export function TallyCard({ line, kind }: { line: TallyLine; kind: TallyKind }) {
  const { say, amount } = useDesk();
  const counted = line.counted ?? "0";
  const counts = line.expected
    ? say("of", { picked: amount(counted), ordered: amount(line.expected) })
    : say("in_all", { picked: amount(counted) });
  return (
    <section className="step" aria-label={say("last_scanned")} data-line={line.line}>
      <div className="goods">
        <Picture address={line.image} />
        <div>
          <h2>{line.name}</h2>
          <code>{line.code}</code>
        </div>
      </div>
      {/* where it goes; at a count it lies where one stands, or has gone astray */}
      {(kind === "reception" || line.flag === "astray") && (
        <p className="belongs">
          <span>{say("location")}</span> <b>{line.location || say("no_location")}</b>
        </p>
      )}
      <p className="counts" role="img" aria-label={counts}>
        <b>{line.counted === null ? "–" : amount(line.counted)}</b>
        {line.expected && <span>{say("expected", { quantity: amount(line.expected) })}</span>}
        <FlagMark line={line} />
      </p>
    </section>
  );
}

export function FlagMark({ line }: { line: TallyLine }) {
  const { say } = useDesk();
  if (!line.flag) return null;
  const isBad = line.flag === "moved";
  return <em className={isBad ? "mark bad" : "mark"}>{say(`flag_${line.flag}`)}</em>;
}
