"""Tesla's Fleet API: client, sign-in, signing, metering and the two guards."""
