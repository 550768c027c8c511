import { Button } from "@mantine/core";
import { useDesk } from "./desk";
import { Icon } from "./icon";

const LONGEST = 9;

/** Large keys instead of the phone's keyboard, which would cover half of the page. */
export function NumberPad({
  value,
  label,
  onChange,
}: {
  value: string;
  label: string;
  onChange: (value: string) => void;
}) {
  const { say, preferred } = useDesk();
  const point = preferred.language === "ro" ? "," : ".";
  const add = (letter: string) => {
    if (value.length < LONGEST && !(letter === point && value.includes(point))) {
      onChange(value + letter);
    }
  };
  return (
    <div className="pad">
      <output aria-label={label} aria-live="polite">
        {value || "–"}
      </output>
      {[..."123456789"].map((digit) => (
        <Button key={digit} variant="default" onClick={() => add(digit)}>
          {digit}
        </Button>
      ))}
      <Button variant="default" aria-label={say("comma")} onClick={() => add(point)}>
        {point}
      </Button>
      <Button variant="default" onClick={() => add("0")}>
        0
      </Button>
      <Button
        variant="default"
        aria-label={say("delete_digit")}
        onClick={() => onChange(value.slice(0, -1))}
      >
        <Icon name="undo" />
      </Button>
    </div>
  );
}
