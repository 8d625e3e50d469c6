"""The demo data of the local run: invented people, and three months of what they asked, agreed and did."""
