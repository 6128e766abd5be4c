"""The room that speaks to Tesla: client, sign-in, signing, metering, the guards."""
