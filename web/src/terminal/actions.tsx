/** The buttons under the thumb, and those of the sheet behind the last of them. */

import { Button } from "@mantine/core";
import type { IconName } from "../scan/icon_paths";
import { Icon } from "./icon";

interface ActionProps {
  icon: IconName;
  label: string;
  isDisabled?: boolean;
  isPressed?: boolean;
  onClick: () => void;
}

export function Action({ icon, label, isDisabled = false, isPressed, onClick }: ActionProps) {
  return (
    <button type="button" disabled={isDisabled} aria-pressed={isPressed} onClick={onClick}>
      <Icon name={icon} size={26} />
      {label}
    </button>
  );
}

export function MenuItem({ icon, label, isDisabled = false, onClick }: ActionProps) {
  return (
    <Button
      variant="default"
      size="xl"
      fullWidth
      justify="flex-start"
      leftSection={<Icon name={icon} />}
      disabled={isDisabled}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
