"""Against what others published or wrote: Tesla's own answers, independent clients."""
