"""Attribution: whose touches earned a conversion. The question, the fold, the models, costs and tests of lift."""
