import { isDone, type TallyLine } from "../scan/tally";
import { useDesk } from "./desk";
import { Icon } from "./icon";
import { FlagMark } from "./tally_card";

interface Props {
  title: string;
  lines: readonly TallyLine[];
  /** Called with the line that is chosen to be shown large. */
  onChoose: (line: string | number) => void;
}

/** Lines that are still to be counted, or those that are. */
export function TallyLines({ title, lines, onChoose }: Props) {
  const { amount } = useDesk();
  if (lines.length === 0) return null;
  return (
    <section className="steps">
      <h2>{title}</h2>
      <ul>
        {lines.map((line) => (
          <li key={line.line} className={isDone(line) ? "counted" : "open"}>
            <button type="button" onClick={() => onChoose(line.line)}>
              <span className="where">{line.location || "–"}</span>
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
