"""What the columns are called in the exports of usual CRM systems, in English and Chinese.

A profile lists, per table and column, the headers its system writes; the surest first. An export often carries an owner
twice, by id and by name: then the surer header is read as the column and the other stays an extra column.
Headers are compared without regard to case, spaces, dots, dashes and underscores, so that
``Account ID``, ``account_id`` and ``AccountId`` are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

Headers = Mapping[str, tuple[str, ...]]

PROFILES: dict[str, dict[str, Headers]] = {
    "Salesforce": {
        "customers": {
            "customer_id": ("Account ID", "Account ID 18", "Case Safe Account ID", "Account Number", "Id"),
            "name": ("Account Name", "Name"),
            "owner_id": ("Owner ID", "Account Owner ID", "Account Owner", "Owner"),
            "owner_since": ("Owner Assigned Date", "Last Owner Change"),
            "region": ("Territory", "Sales Region", "Account Region"),
            "lat": ("Billing Latitude", "Shipping Latitude"),
            "lon": ("Billing Longitude", "Shipping Longitude"),
            "industry": ("Industry",),
            "segment": ("Account Segment", "Customer Segment"),
            "tier": ("Account Tier", "Customer Priority", "Rating"),
            "revenue": ("Annual Revenue", "Annual Revenue (converted)"),
            "currency": ("Account Currency", "Currency ISO Code"),
            "last_activity": ("Last Activity", "Last Activity Date"),
            "next_renewal": ("Renewal Date", "Contract End Date", "SLA Expiration Date"),
        },
        "reps": {
            "rep_id": ("User ID", "Id", "Username"),
            "name": ("Full Name", "Name"),
            "team": ("User Role", "Role", "Division", "Department"),
            "manager_id": ("Manager ID", "Manager"),
            "regions": ("Territories", "Territory"),
            "status": ("Active", "Is Active", "User Active"),
        },
    },
    "HubSpot": {
        "customers": {
            "customer_id": ("Record ID", "Company ID", "hs_object_id"),
            "name": ("Company name",),
            "owner_id": ("HubSpot owner ID", "hubspot_owner_id", "Company owner ID", "Company owner"),
            "owner_since": ("Owner assigned date", "hubspot_owner_assigneddate"),
            "stage": ("Lifecycle Stage",),
            "tier": ("Ideal Customer Profile Tier", "hs_ideal_customer_profile"),
            "revenue": ("Annual Revenue", "Total Revenue"),
            "currency": ("Annual Revenue Currency Code",),
            "last_activity": ("Last Activity Date", "Last Contacted"),
            "opportunity_close": ("Close Date",),
        },
        "reps": {
            "rep_id": ("Owner ID", "HubSpot owner ID", "User ID"),
            "name": ("Owner name",),
            "team": ("Main team", "HubSpot Team", "Primary team"),
            "status": ("User status", "Deactivated", "Is Deactivated", "Archived"),
        },
    },
    "Zoho": {
        "customers": {
            "customer_id": ("Record Id", "Account Id"),
            "name": ("Account Name",),
            "owner_id": ("Account Owner.id", "Account Owner Id", "Account Owner"),
            "tier": ("Rating",),
            "region": ("Territory", "Territories"),
            "revenue": ("Annual Revenue",),
            "currency": ("Currency",),
            "last_activity": ("Last Activity Time",),
            "lat": ("Latitude",),
            "lon": ("Longitude",),
        },
        "reps": {
            "rep_id": ("User Id", "Record Id"),
            "name": ("User Name", "Full Name"),
            "team": ("Role",),
            "manager_id": ("Reporting To.id", "Reporting To"),
            "status": ("Status",),
        },
    },
    "Fxiaoke": {
        "customers": {
            "customer_id": ("客户编号", "客户编码", "客户ID", "唯一标识", "数据ID", "account_no"),
            "name": ("客户名称", "客户全称", "客户简称"),
            "family_id": ("集团编号", "所属集团", "集团客户"),
            "owner_id": ("负责人ID", "负责人工号", "负责人编号", "负责人", "客户负责人"),
            "owner_since": ("负责人变更时间", "领取时间", "分配时间"),
            "region": ("区域", "所属区域", "销售区域", "大区", "地区"),
            "lat": ("纬度",),
            "lon": ("经度",),
            "industry": ("行业", "所属行业", "客户行业", "一级行业"),
            "segment": ("客户类型", "客户分类", "细分市场"),
            "tier": ("客户级别", "客户等级", "客户分级"),
            "stage": ("客户阶段", "生命周期", "生命周期阶段", "客户状态"),
            "required_skills": ("所需技能", "技能要求"),
            "workload_hours": ("工作量", "工时", "工作量（小时）"),
            "visits": ("拜访次数", "计划拜访次数"),
            "potential": ("客户潜力", "潜力", "潜在金额", "预计潜力"),
            "revenue": ("年收入", "年销售额", "年营收", "营业额", "成交金额", "销售额"),
            "currency": ("币种", "货币"),
            "last_activity": ("最后跟进时间", "最近跟进时间", "最后跟进日期"),
            "last_purchase": ("最后成交时间", "最近成交时间", "最后成交日期"),
            "next_renewal": ("续约日期", "合同到期日", "合同到期日期"),
            "opportunity_stage": ("商机阶段", "销售阶段"),
            "opportunity_close": ("预计成交日期", "预计成交时间"),
            "locked": ("锁定", "锁定状态", "是否锁定"),
            "lock_reason": ("锁定原因",),
            "locked_by": ("锁定人", "加锁人"),
        },
        "reps": {
            "rep_id": ("员工编号", "工号", "员工ID", "用户ID", "销售编号"),
            "name": ("姓名", "员工姓名", "昵称"),
            "team": ("主属部门", "部门", "所属部门", "团队"),
            "manager_id": ("直属上级ID", "汇报对象ID", "直属上级", "汇报对象"),
            "role": ("角色",),
            "regions": ("区域", "负责区域", "销售区域", "大区"),
            "skills": ("技能",),
            "available_from": ("入职日期", "入职时间"),
            "available_to": ("离职日期", "离职时间"),
            "status": ("状态", "员工状态", "在职状态", "是否在职", "是否离职", "启用状态", "是否启用", "是否停用"),
        },
        "pairs": {
            "customer_id": ("客户编号", "客户ID"),
            "rep_id": ("员工编号", "工号", "负责人ID"),
            "drive_minutes": ("车程", "车程（分钟）"),
            "cost": ("成本",),
        },
        "regions": {
            "region": ("区域", "地区", "大区"),
            "parent": ("上级区域",),
            "neighbours": ("相邻区域",),
        },
    },
    "everyday": {
        "customers": {
            "customer_id": ("Customer No", "Customer Number", "Client ID", "Account No", "Account"),
            "name": ("Customer Name", "Company", "Client Name"),
            "owner_id": ("Rep ID", "Sales Rep ID", "Rep", "Sales Rep", "Salesperson", "Account Manager"),
            "family_id": ("Group ID", "Household ID"),
            "lat": ("Latitude",),
            "lon": ("Longitude", "Lng", "Long"),
            "potential": ("Sales Potential",),
            "revenue": ("Sales", "Turnover"),
            "workload_hours": ("Workload", "Hours"),
        },
        "reps": {
            "rep_id": ("Employee ID", "Sales Rep ID", "Salesperson ID", "Rep No", "Rep"),
            "name": ("Rep Name", "Employee Name", "Sales Rep"),
            "regions": ("Region", "Sales Region"),
            "lat": ("Latitude",),
            "lon": ("Longitude", "Lng", "Long"),
            "available_from": ("Hire Date", "Start Date"),
            "available_to": ("Termination Date", "Leave Date", "End Date"),
            "status": ("Employment Status", "Employee Status", "Is Enabled", "Enabled"),
        },
        "pairs": {
            "customer_id": ("Account ID", "Customer"),
            "rep_id": ("User ID", "Owner ID", "Rep"),
            "drive_minutes": ("Drive Time", "Drive Time (min)", "Minutes"),
        },
        "regions": {
            "region": ("Region Name", "Territory", "Name"),
            "parent": ("Parent Region", "Parent Territory"),
            "neighbours": ("Neighbors", "Adjacent"),
        },
        "wishes": {
            "customer_id": ("Customer", "Account ID"),
            "rep_id": ("Rep", "User ID", "Owner ID"),
            "kind": ("Wish",),
            "weight": ("Points",),
            "who": ("Manager", "From"),
        },
        "proposal": {
            "customer_id": ("Customer", "Account ID"),
            "rep_id": ("To", "Rep", "User ID", "Owner ID"),
            "accepted": ("Accept", "Agreed", "Answer"),
        },
    },
}


@dataclass(frozen=True)
class Alias:
    """A column that a header stands for; a lower ``rank`` is surer, ``profiles`` names the systems that write it so.

    ``order`` is the place among all headers of the table as documented, by which equally sure ones are told apart.
    """

    column: str
    rank: int
    profiles: tuple[str, ...]
    order: int


def plain(header: str) -> str:
    """Return the header as it is compared: full-width forms folded, no case, spaces, dots, dashes or underscores."""
    return re.sub(r"[\s._\-]+", "", unicodedata.normalize("NFKC", header)).casefold()


@cache
def aliases(table: str) -> Mapping[str, tuple[Alias, ...]]:
    """Return the aliases of ``table`` by plain header: usually one, several where systems disagree, surest first."""
    found: dict[str, dict[str, Alias]] = {}
    order = 0
    for profile, tables in PROFILES.items():
        for column, headers in tables.get(table, {}).items():
            for rank, header in enumerate(headers):
                order += 1
                columns = found.setdefault(plain(header), {})
                before = columns.get(column)
                if before is None:
                    columns[column] = Alias(column, rank, (profile,), order)
                else:
                    profiles = tuple(dict.fromkeys((*before.profiles, profile)))
                    columns[column] = Alias(column, min(before.rank, rank), profiles, before.order)
    return {header: tuple(sorted(columns.values(), key=lambda alias: alias.rank)) for header, columns in found.items()}
