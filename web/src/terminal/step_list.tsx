import type { Step } from "../scan/walk";
import { useDesk } from "./desk";
import { Icon } from "./icon";
import { Short } from "./step_card";

interface Props {
  title: string;
  steps: readonly Step[];
  hasBins: boolean;
  /** Called with the line that is chosen to be shown large. */
  onChoose?: (step: Step) => void;
}

/** The lines after the present one, or those that are done. */
export function StepList({ title, steps, hasBins, onChoose }: Props) {
  if (steps.length === 0) return null;
  return (
    <section className="steps">
      <h2>{title}</h2>
      <ul>
        {steps.map((step) => (
          <li key={step.id} className={step.state}>
            {onChoose ? (
              <button type="button" onClick={() => onChoose(step)}>
                <Row step={step} hasBins={hasBins} />
              </button>
            ) : (
              <div>
                <Row step={step} hasBins={hasBins} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ step, hasBins }: { step: Step; hasBins: boolean }) {
  const { say, amount } = useDesk();
  const { line, order } = step;
  return (
    <>
      <span className="where">{line.location || "–"}</span>
      <span className="what">
        {line.name}
        {hasBins && order.bin && <em className="mark">{say("bin", { bin: order.bin })}</em>}
        {step.isSkipped && <em className="mark">{say("skipped_mark")}</em>}
        {order.status === "cancelled" && <em className="mark bad">{say("cancelled_mark")}</em>}
        <Short step={step} />
      </span>
      <span className="count">
        {step.state === "done" && <Icon name="check" size={16} />}
        {amount(line.picked)}/{amount(line.ordered)}
      </span>
    </>
  );
}
