"""What events say without saying it: channel, campaign, device, bot, the catalogue; by rules, over all history."""

from tidewheel.collect.enrich.contract import ENRICHMENTS, Added, Enrichment, EnrichmentRules
from tidewheel.collect.enrich.rules import Rulebook, catalogue_of, parse_rules

__all__ = ["ENRICHMENTS", "Added", "Enrichment", "EnrichmentRules", "Rulebook", "catalogue_of", "parse_rules"]
