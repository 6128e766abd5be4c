"""The examples of the page about triggers and conditions: each of them at least once."""

from typing import Final

EXAMPLES: Final = """\
## Examples

Replace `YOUR_CAR` and `YOUR_RULE` by the IDs of their devices, or choose them in the
editor: it shows the YAML, too.

### Say when the car comes and goes

```yaml
alias: The car comes and goes
triggers:
  - trigger: fleet_pulse.arrived
    target:
      device_id: YOUR_CAR
    options:
      zone: zone.home
    id: came to
  - trigger: fleet_pulse.left
    target:
      device_id: YOUR_CAR
    options:
      zone: zone.home
    id: left
actions:
  - action: notify.notify
    data:
      message: >-
        {{ trigger.name }} {{ trigger.id }} {{ trigger.zone_name }}, {{ trigger.soc }} %
        ({{ as_timestamp(trigger.said_at) | timestamp_custom('%H:%M') }}).
```

### Plug in, please

Home with a battery that is low, and no cable yet: the level is what the car said in the
last two hours, and the car is not asked for it.

```yaml
alias: Plug in when you come home
triggers:
  - trigger: fleet_pulse.arrived
    target:
      device_id: YOUR_CAR
    options:
      zone: zone.home
  - trigger: fleet_pulse.unplugged
    target:
      device_id: YOUR_CAR
conditions:
  - condition: fleet_pulse.soc_below
    target:
      device_id: YOUR_CAR
    options:
      below: 40
      max_age: "02:00:00"
  - condition: not
    conditions:
      - condition: fleet_pulse.plugged_in_at_home
        target:
          device_id: YOUR_CAR
actions:
  - action: notify.notify
    data:
      message: "{{ trigger.name }} has {{ trigger.soc }} % left. Please plug it in."
```

### A lamp that shows how charging goes

```yaml
alias: A lamp for charging
triggers:
  - trigger: fleet_pulse.plugged_in
    target:
      device_id: YOUR_CAR
    id: blue
  - trigger: fleet_pulse.charging_started
    target:
      device_id: YOUR_CAR
    id: orange
  - trigger: fleet_pulse.charging_complete
    target:
      device_id: YOUR_CAR
    id: green
  - trigger: fleet_pulse.charging_stopped
    target:
      device_id: YOUR_CAR
    id: red
actions:
  - action: light.turn_on
    target:
      entity_id: light.garage
    data:
      color_name: "{{ trigger.id }}"
```

### Who keeps the car awake?

```yaml
alias: The car wakes at night, and not by us
triggers:
  - trigger: fleet_pulse.woke_up
    target:
      device_id: YOUR_CAR
    options:
      by: car
conditions:
  - condition: time
    after: "23:00:00"
    before: "05:00:00"
actions:
  - delay: "00:30:00"
  - condition: fleet_pulse.car_awake
    target:
      device_id: YOUR_CAR
  - action: notify.notify
    data:
      message: "{{ trigger.name }} woke up by itself half an hour ago, and is still awake."
```

```yaml
alias: The car sleeps
triggers:
  - trigger: fleet_pulse.fell_asleep
    target:
      device_id: YOUR_CAR
conditions:
  - condition: fleet_pulse.alert_active
    target:
      device_id: YOUR_CAR
    options:
      kind: [left_open, left_open_at_home]
actions:
  - action: notify.notify
    data:
      message: "{{ trigger.name }} sleeps, and something is open."
```

### A lamp for what is about security

```yaml
alias: A lamp for alerts
triggers:
  - trigger: fleet_pulse.alert_raised
    target:
      device_id: YOUR_CAR
    options:
      severity: security
    id: "on"
  - trigger: fleet_pulse.alert_cleared
    target:
      device_id: YOUR_CAR
    options:
      severity: security
    id: "off"
actions:
  - action: "light.turn_{{ trigger.id }}"
    target:
      entity_id: light.hall
```

### What the car did not do

```yaml
alias: A command was not carried out
triggers:
  - trigger: fleet_pulse.command_refused
    target:
      device_id: YOUR_CAR
actions:
  - action: notify.notify
    data:
      message: >-
        {{ trigger.command }}: {{ trigger.message | default('the car did not do it') }}
```

### What rules and departures do

```yaml
alias: Tell me of the charge rule
triggers:
  - trigger: fleet_pulse.rule_started
    target:
      device_id: YOUR_RULE
  - trigger: fleet_pulse.target_reached
    target:
      device_id: YOUR_RULE
  - trigger: fleet_pulse.deadline_missed
    target:
      device_id: YOUR_RULE
  - trigger: fleet_pulse.hold_began
    target:
      device_id: YOUR_RULE
  - trigger: fleet_pulse.hold_ended
    target:
      device_id: YOUR_RULE
actions:
  - action: notify.notify
    data:
      message: "{{ trigger.description | replace('_', ' ') }}"
```

```yaml
alias: Tell me of the departure
triggers:
  - trigger: fleet_pulse.preconditioning_started
    target:
      device_id: YOUR_RULE
  - trigger: fleet_pulse.preconditioning_ready
    target:
      device_id: YOUR_RULE
  - trigger: fleet_pulse.preconditioning_skipped
    target:
      device_id: YOUR_RULE
    options:
      reason: [low_soc, unplugged]
actions:
  - action: notify.notify
    data:
      message: "{{ trigger.description | replace('_', ' ') }}"
```

### Charge by the sun, unless a rule or somebody charges already

```yaml
alias: Charge at noon
triggers:
  - trigger: time
    at: "12:00:00"
conditions:
  - condition: not
    conditions:
      - condition: fleet_pulse.on_hold
        target:
          device_id: YOUR_CAR
      - condition: fleet_pulse.rule_active
        target:
          device_id: YOUR_CAR
actions:
  - action: fleet_pulse.set_charging
    target:
      device_id: YOUR_CAR
    data:
      amps: 16
      charging: start
```
"""
"""Each is an automation that Home Assistant takes; `tests/glue/test_examples.py`."""
