import { isDone, type TallyKind, type TallyLine } from "../scan/tally";
import { useDesk } from "./desk";
import { Icon } from "./icon";
import { FlagMark } from "./tally_card";

interface Props {
  title: string;
  lines: readonly TallyLine[];
  kind: TallyKind;
  /** Called with the line that is chosen to be shown large. */
  onChoose: (line: string | number) => void;
}

/** Lines that are still to be counted, or those that are. */
export function TallyLines({ title, lines, kind, onChoose }: Props) {
  const { amount } = useDesk();
  if (lines.length === 0) return null;
  return (
    <section className="steps">
      <h2>{title}</h2>
      <ul>
        {lines.map((line) => (
          <li key={line.line} className={isDone(line) ? "counted" : "open"}>
            <button type="button" onClick={() => onChoose(line.line)}>
              <span className="where">{markOf(line, kind)}</span>
              <span className="what">
                {line.name}
                <FlagMark line={line} />
              </span>
              <span className="count">
                {isDone(line) && <Icon name="check" size={16} />}
                {line.counted === null ? "–" : amount(line.counted)}
                {line.expected && `/${amount(line.expected)}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Goods of one shelf differ by their codes; elsewhere it is their place that is looked for. */
function markOf(line: TallyLine, kind: TallyKind): string {
  if (kind === "count" && line.flag !== "astray") return line.code;
  return line.location || "–";
}
